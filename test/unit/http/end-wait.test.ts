import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const CREATION = { associatedEntityId: 'e', metadata: { n: 1 } }

const end = (app: TestApp, key: string) =>
  app.post('/event', { key, value: { messageLabel: 'answered', messagePayload: { paid: true } } })

/** The answer as soon as there is one. */
function noted(answer: Promise<Response>): { response?: Response } {
  const seen: { response?: Response } = {}
  void answer.then((response) => (seen.response = response))
  return seen
}

/** The only saga of the app. */
async function sagaIn(app: TestApp): Promise<string> {
  const { list } = app.store.can
  const page = list === false ? undefined : await list.page({ limit: 1 })
  return page?.items[0]?.id ?? ''
}

describe('C7 POST /saga waits for the end', () => {
  test.each([
    ['the header', '/saga', { prefer: 'wait=30' }, 'wait=30'],
    ['the header among others, quoted', '/saga', { prefer: 'respond-async, Wait = "30"; a=b, wait=1' }, 'wait=30'],
    ['more than is allowed', '/saga', { prefer: 'wait=99999' }, 'wait=60'],
    ['the query', '/saga?wait=30', {}, null],
    ['the query before the header', '/saga?wait=30', { prefer: 'wait=1' }, null],
  ])('C7 by %s', async (_, path, headers, applied) => {
    const app = openTestApp()
    const seen = noted(app.post(path, CREATION, headers))
    await app.runtime.advance(29_000)
    expect(seen.response).toBeUndefined()
    const sagaId = await sagaIn(app)
    await end(app, sagaId)
    await app.runtime.advance(0)
    expect(seen.response?.status).toBe(200)
    expect(seen.response?.headers.get('preference-applied')).toBe(applied)
    const expected = { sagaId, currentState: 'done', isFinal: true, metadata: { n: 1, paid: true } }
    expect(await seen.response?.json()).toMatchObject(expected)
  })

  test('C7 at the end of the time it answers the state that the saga is in', async () => {
    const app = openTestApp()
    const seen = noted(app.post('/saga', CREATION, { prefer: 'wait=2' }))
    await app.runtime.advance(2_000)
    expect(await seen.response?.json()).toMatchObject({ currentState: 'asked', isFinal: false, metadata: { n: 1 } })
  })

  test.each(['', 'wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=x', 'waiting=5', 'return=minimal', ', ,;=', 'wait="5'])(
    'C7 RFC 7240 the preference "%s" is ignored: the answer comes at once and is the id alone',
    async (prefer) => {
      const app = openTestApp()
      const answer = await app.post('/saga', CREATION, { prefer })
      expect(await answer.json()).toStrictEqual({ sagaId: expect.any(String) })
      expect(answer.headers.get('preference-applied')).toBeNull()
    },
  )

  test('C7 wait=0 answers the document at once', async () => {
    const app = openTestApp()
    const answer = await app.post('/saga', CREATION, { prefer: 'wait=0' })
    expect(answer.headers.get('preference-applied')).toBe('wait=0')
    expect(await answer.json()).toMatchObject({ currentState: 'asked', isFinal: false })
  })

  test('P8 C7 the repeat of a creation waits for the same saga', async () => {
    const app = openTestApp()
    const sagaId = await app.create('e', 'k')
    const body = { associatedEntityId: 'e', metadata: {} }
    const seen = noted(app.post('/saga?wait=9', body, { 'idempotency-key': 'k' }))
    await end(app, sagaId)
    await app.runtime.advance(0)
    expect(await seen.response?.json()).toMatchObject({ sagaId, isFinal: true })
  })

  test('C7 a refused creation does not wait', async () => {
    const app = openTestApp()
    const answer = await app.post('/saga?wait=60', { metadata: {} })
    expect(answer.status).toBe(400)
    expect(app.writes).toEqual([])
  })
})

describe('C7 GET /sagas/{sagaId} waits for the end', () => {
  test('C7 it answers as soon as the saga is final, to every client', async () => {
    const app = openTestApp()
    const id = await app.create()
    const seen = [`/sagas/${id}?wait=60`, `/sagas/${id}?wait=60`].map((path) => noted(app.request(path)))
    seen.push(noted(app.request(`/sagas/${id}`, { headers: { prefer: 'wait=60' } })))
    await app.runtime.advance(59_000)
    expect(seen.map(({ response }) => response)).toEqual([undefined, undefined, undefined])
    await end(app, id)
    await app.runtime.advance(0)
    for (const { response } of seen) expect(await response?.json()).toMatchObject({ sagaId: id, isFinal: true })
    expect(seen[2]?.response?.headers.get('preference-applied')).toBe('wait=60')
  })

  test('C7 a saga that is final, and one that does not exist, are answered at once', async () => {
    const app = openTestApp()
    const id = await app.create()
    await end(app, id)
    expect((await app.request(`/sagas/${id}?wait=60`)).status).toBe(200)
    expect((await app.request('/sagas/nobody?wait=60')).status).toBe(404)
  })
})

describe('C7 the number of requests that wait is bounded', () => {
  test('C7 one more is 503 with Retry-After; its creation is done, and answered without a wait', async () => {
    const app = openTestApp({ waitingRequests: 1 })
    const id = await app.create()
    const first = noted(app.request(`/sagas/${id}?wait=60`))
    await app.runtime.advance(0)
    const full = await app.request(`/sagas/${id}?wait=60`)
    expect([full.status, full.headers.get('retry-after')]).toEqual([503, String(DEFAULTS.retryAfterSeconds)])
    expect(await full.json()).toMatchObject({ message: expect.stringContaining('too many requests wait') })
    const created = await app.post('/saga', CREATION, { prefer: 'wait=60' })
    expect(await created.json()).toStrictEqual({ sagaId: expect.any(String) })
    expect(created.headers.get('preference-applied')).toBeNull()
    await end(app, id)
    await app.runtime.advance(0)
    expect(first.response?.status).toBe(200)
    expect((await app.request(`/sagas/${id}?wait=60`)).status).toBe(200) // there is a place again
  })

  test('C7 a wait that its host ended without a word holds its place no longer than its time', async () => {
    const lost = () => new Promise<never>(() => undefined)
    const corridor = {
      create: lost,
      handle: lost,
      document: lost,
      list: lost,
      count: lost,
      awaitEnd: lost,
      watch: lost,
      watchAll: lost,
      operate: lost,
    }
    const app = openTestApp({ waitingRequests: 1, corridor })
    noted(app.request('/sagas/s1?wait=10'))
    await app.runtime.advance(10_000)
    expect((await app.request('/sagas/s1?wait=10')).status).toBe(503)
    await app.runtime.advance(DEFAULTS.remoteWait + 1)
    const next = noted(app.request('/sagas/s1?wait=10'))
    await app.runtime.advance(0)
    expect(next.response).toBeUndefined()
  })

  test('C7 a client that goes away frees its place', async () => {
    const app = openTestApp({ waitingRequests: 1 })
    const id = await app.create()
    const client = new AbortController()
    noted(app.request(`/sagas/${id}?wait=60`, { signal: client.signal }))
    await app.runtime.advance(0)
    client.abort()
    await app.runtime.advance(0)
    expect(app.metrics.lines.filter((line) => line.startsWith('waiting'))).toEqual(['waiting 1', 'waiting 0'])
    const next = noted(app.request(`/sagas/${id}?wait=1`))
    await app.runtime.advance(1_000)
    expect(next.response?.status).toBe(200)
  })
})
