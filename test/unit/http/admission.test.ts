import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import { Admission } from '../../../src/http/admission.ts'
import type { RequestsReading } from '../../../src/ports/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { openTestApp } from './test-app.ts'

function open(options: { limit?: number; judgesWaits?: boolean } = {}) {
  const runtime = simulatedRuntime()
  const refusals: string[] = []
  let read = (): RequestsReading => ({ inProgress: 0, oldest: 0 })
  const metrics = {
    refused: (reason: string) => void refusals.push(reason),
    readRequests: (by: typeof read) => void (read = by),
  }
  const admission = new Admission({ runtime, metrics, limit: 1_000, ...options })
  const ends: (() => void)[] = []
  /** Requests that go on until `ends` has them end, one saga each. */
  const begin = (count: number, saga?: string) => {
    for (let at = 0; at < count; at++)
      void admission.run(saga ?? `s${at}-${runtime.monotonic()}`, () => new Promise<void>((end) => ends.push(end)))
  }
  return { runtime, admission, ends, begin, refusals, read: () => read() }
}

describe('admission', () => {
  test('P16 at most so many requests are in progress', async () => {
    const { admission, begin, ends, runtime } = open({ limit: 3 })
    begin(3)
    expect([admission.count, admission.refusalOf('event')]).toEqual([3, 'limit'])
    ends.shift()?.()
    await runtime.settle()
    expect([admission.count, admission.refusalOf('event')]).toEqual([2, undefined])
  })

  test('P16 events finish work that was begun: a quarter of the limit is theirs', () => {
    const { admission, begin } = open()
    begin(750)
    expect([admission.refusalOf('creation'), admission.refusalOf('event')]).toEqual(['limit', undefined])
    begin(250)
    expect(admission.refusalOf('event')).toBe('limit')
  })

  test('P16 one whose body was read meanwhile is refused too, before it does anything', async () => {
    const { admission, begin } = open({ limit: 3 })
    begin(3)
    expect(await admission.run('s', () => Promise.reject(new Error('begun')))).toBe('limit')
    expect(admission.count).toBe(3)
  })

  test('P16 many that wait for long are an overload; with the first quick answer it is over', async () => {
    const { admission, begin, ends, runtime } = open()
    begin(100)
    await runtime.advance(990)
    expect(admission.refusalOf('creation')).toBe(undefined)
    await runtime.advance(20)
    expect(admission.refusalOf('creation')).toBe('wait') // no answer for more than a second
    for (const end of ends.splice(0, 30)) end()
    await runtime.settle()
    begin(30)
    await runtime.advance(300)
    expect(admission.refusalOf('creation')).toBe('wait')
    begin(1)
    ends.pop()?.()
    await runtime.settle()
    expect(admission.refusalOf('creation')).toBe(undefined)
  })

  test('P16 under overload as many are in progress as are answered in half a second, with events in one', async () => {
    const { admission, begin, ends, runtime } = open()
    begin(400)
    await runtime.advance(1_100)
    // 200 answers a second, each after more than a second.
    for (let at = 0; at < 110; at++) {
      ends.shift()?.()
      await runtime.advance(5)
    }
    expect([admission.refusalOf('creation'), admission.refusalOf('event')]).toEqual(['wait', 'wait'])
    for (const end of ends.splice(0, 150)) end() // 140 are left
    await runtime.settle()
    expect([admission.refusalOf('creation'), admission.refusalOf('event')]).toEqual(['wait', undefined])
    for (const end of ends.splice(0, 50)) end()
    await runtime.settle()
    expect(admission.refusalOf('creation')).toBe(undefined)
  })

  test('I5 P16 slow requests refuse no other one while others are answered', async () => {
    const { admission, begin, ends, runtime } = open()
    begin(200)
    for (let at = 0; at < 40; at++) {
      begin(1)
      await runtime.advance(100)
      ends.pop()?.()
      await runtime.settle()
      expect(admission.refusalOf('creation')).toBe(undefined)
    }
  })

  test('P16 a burst after a pause is no overload, nor where answers wait for participants', async () => {
    const { admission, begin, runtime } = open()
    begin(1)
    await runtime.advance(60_000)
    begin(200)
    expect(admission.refusalOf('creation')).toBe(undefined)
    const other = open({ judgesWaits: false })
    other.begin(200)
    await other.runtime.advance(5_000)
    expect(other.admission.refusalOf('creation')).toBe(undefined)
  })

  test('P16 one saga has a bound of its own, by number and by the wait of its oldest request', async () => {
    const { admission, begin, ends, runtime } = open()
    begin(256, 'hot')
    expect(await admission.run('hot', async () => 'done' as const)).toBe('saga')
    expect(await admission.run('cold', async () => 'done' as const)).toBe('done')
    for (const end of ends.splice(0, 240)) end()
    await runtime.advance(3_001)
    expect(await admission.run('hot', async () => 'done' as const)).toBe('saga')
    for (const end of ends.splice(0)) end()
    await runtime.settle()
    expect(await admission.run('hot', async () => 'done' as const)).toBe('done')
    expect(admission.count).toBe(0)
  })

  test('P16 P19 requests that the host ended without a word count for a minute, and one line in the log says how many', async () => {
    const { admission, begin, ends, runtime, read } = open()
    begin(200)
    begin(20, 'hot')
    await runtime.advance(DEFAULTS.lostRequest)
    expect([admission.refusalOf('creation'), admission.refusalOf('event'), admission.count]).toEqual([
      'wait',
      'wait',
      220,
    ])
    await runtime.advance(1_001)
    expect([admission.refusalOf('creation'), admission.count]).toEqual([undefined, 0])
    expect(runtime.logged).toMatchObject([{ code: 'request.lost', fields: { requests: 220 } }])
    begin(3)
    for (const end of ends.splice(0, 220)) end() // late, and not lost: they are counted out once
    await runtime.settle()
    expect([admission.count, read().inProgress]).toEqual([3, 3])
  })

  test('P16 P19 lost requests of one saga hold it up for a minute, and leave its others in progress', async () => {
    const { admission, begin, ends, runtime, read } = open()
    begin(16, 'hot')
    await runtime.advance(DEFAULTS.lostRequest)
    expect(await admission.run('hot', async () => 'done' as const)).toBe('saga')
    await runtime.advance(1_001)
    begin(1, 'hot')
    expect([await admission.run('hot', async () => 'done' as const), admission.count]).toEqual(['done', 1])
    ends.pop()?.()
    await runtime.settle()
    expect(read()).toEqual({ inProgress: 0, oldest: 0 })
  })

  test('P16 requests in progress and the oldest wait are read from memory, refusals are counted by their reason', async () => {
    const { admission, begin, ends, runtime, read, refusals } = open({ limit: 2 })
    expect(read()).toEqual({ inProgress: 0, oldest: 0 })
    begin(1)
    await runtime.advance(70)
    begin(1)
    await runtime.advance(30)
    expect(read()).toEqual({ inProgress: 2, oldest: 100 })
    await admission.run('s', async () => 'done')
    expect(refusals).toEqual(['limit'])
    ends.shift()?.()
    await runtime.settle()
    expect(read()).toEqual({ inProgress: 1, oldest: 30 })
  })

  test('P16 a refusal is one line in the log, and one more when it is over', async () => {
    const { admission, runtime } = open()
    for (let at = 0; at < 100; at++) admission.refused('limit')
    await admission.run('s', async () => 'done')
    await runtime.advance(20_000)
    const lines = runtime.logged.filter(({ level }) => level !== 'debug').map(({ code }) => code)
    expect(lines).toEqual(['request.overload', 'request.admitted'])
  })
})

describe('an overloaded app', () => {
  test('C7 P16 creations and events are refused with Retry-After; reads and probes are not', async () => {
    const app = openTestApp({ requestsLimit: 1 })
    const { store, runtime } = app
    const slow = Promise.withResolvers<void>()
    const save = store.save.bind(store)
    store.save = (...change) => slow.promise.then(() => save(...change))
    const creation = { associatedEntityId: 'e', metadata: {} }
    const event = { messageLabel: 'a', sagaId: 's', messagePayload: {} }
    const first = app.post('/saga', creation)
    await runtime.settle()
    for (const [path, body] of [
      ['/saga', creation],
      ['/event', event],
    ] as const) {
      const answer = await app.post(path, body)
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await answer.json()).toMatchObject({ message: expect.stringContaining('nothing was done') })
    }
    for (const path of ['/-/healthz', '/-/metrics', '/sagas']) expect((await app.request(path)).status).toBe(200)
    slow.resolve()
    expect((await first).status).toBe(200)
    expect((await app.post('/saga', creation)).status).toBe(200)
  })
})
