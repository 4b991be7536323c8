import { describe, expect, test } from 'vitest'
import type { Corridor } from '../../../src/orchestrator/corridor.ts'
import { namesOf, readStream } from '../../services/read-stream.ts'
import type { StreamReader } from '../../services/read-stream.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

/** Not by `app.request`, which reads answers to their end. */
async function open(app: TestApp, path: string, init: RequestInit = {}): Promise<StreamReader & { answer: Response }> {
  const answer = await app.hono.request(path, init)
  if (answer.body === null) throw new Error(`watch: ${answer.status}`)
  const reader = readStream(answer.body)
  await app.runtime.settle()
  return { ...reader, answer }
}

describe('C7 server-sent events over HTTP', () => {
  test('C7 neither caches nor proxies keep or gather what comes', async () => {
    const app = openTestApp()
    const id = await app.create()
    for (const path of [`/sagas/${id}/watch`, '/watch']) {
      const { answer, leave } = await open(app, path)
      expect(answer.status).toBe(200)
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      })
      await leave()
    }
  })

  test('C7 a client that comes back, also with an empty id, and one whose saga is over', async () => {
    const app = openTestApp()
    const id = await app.create()
    const watch = (after: string) => open(app, `/sagas/${id}/watch`, { headers: { 'last-event-id': after } })
    expect(namesOf(await watch(''))).toEqual(['step 0', 'saga'])
    expect(namesOf(await watch('0'))).toEqual(['saga'])
    await app.post('/event', { key: id, value: { messageLabel: 'answered', messagePayload: {} } })
    await app.runtime.advance(10_000)
    expect(namesOf(await watch('0'))).toEqual(['step 1', 'saga', 'end'])
    const over = await app.request(`/sagas/${id}/watch`, { headers: { 'last-event-id': '1' } })
    expect([over.status, await over.text()]).toEqual([204, ''])
  })

  test.each([
    ['x', /must be the id of an event/],
    ['-1', /must be the id of an event/],
    ['1.5', /must be the id of an event/],
    ['9'.repeat(20), /must be the id of an event/],
    ['1', /the saga has 1 steps/],
  ])('C7 Last-Event-ID %s is 400', async (after, why) => {
    const app = openTestApp()
    const id = await app.create()
    const answer = await app.request(`/sagas/${id}/watch`, { headers: { 'last-event-id': after } })
    expect([answer.status, await answer.json()]).toMatchObject([400, { message: expect.stringMatching(why) }])
  })

  test('C7 HEAD has the headers and opens no stream', async () => {
    const app = openTestApp()
    const id = await app.create()
    const statuses = [`/sagas/${id}/watch`, '/watch', '/sagas/none/watch'].map(async (path) => {
      const { status, headers } = await app.request(path, { method: 'HEAD' })
      return [status, headers.get('content-type')?.split(';')[0]]
    })
    expect(await Promise.all(statuses)).toEqual([
      [200, 'text/event-stream'],
      [200, 'text/event-stream'],
      [404, 'application/json'],
    ])
    expect(app.metrics.lines.filter((line) => line.startsWith('watching'))).toEqual([])
  })

  test('C7 no place for a stream, no answer of the store: 503 with Retry-After; no place that sees all sagas: 501', async () => {
    const watch = async ({ id }: { readonly id: string }) =>
      id === 'full' ? ({ kind: 'no-place' } as const) : ({ kind: 'unavailable', why: 'down' } as const)
    const watchAll = async () => ({ kind: 'not-here', why: 'there is none' }) as const
    const app = openTestApp({ corridor: { watch, watchAll } as unknown as Corridor })
    const answers = ['/sagas/full/watch', '/sagas/s1/watch', '/watch'].map(async (path) => {
      const { status, headers } = await app.request(path)
      return [status, headers.get('retry-after')]
    })
    expect(await Promise.all(answers)).toEqual([
      [503, '1'],
      [503, '1'],
      [501, null],
    ])
  })

  test('C7 P16 open streams are no requests in progress', async () => {
    const app = openTestApp({ requestsLimit: 4 })
    const id = await app.create()
    for (let at = 0; at < 20; at++) await open(app, at % 2 === 0 ? '/watch' : `/sagas/${id}/watch`)
    expect(await app.create()).toEqual(expect.any(String))
  })
})
