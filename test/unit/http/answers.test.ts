import { describe, expect, test, vi } from 'vitest'
import type { Corridor, Created, Outcome } from '../../../src/orchestrator/corridor.ts'
import { NAME, VERSION } from '../../../src/version.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const EVENT = { key: 'S', value: { messageLabel: 'answered', messagePayload: {} } }
const CREATION = { associatedEntityId: 'e', metadata: {} }

function corridor(parts: Partial<Corridor>): Corridor {
  const silent = () => Promise.reject(new Error('not asked'))
  return {
    create: silent,
    handle: silent,
    document: silent,
    list: silent,
    count: silent,
    awaitEnd: silent,
    watch: silent,
    watchAll: silent,
    operate: silent,
    ...parts,
  }
}

function answering(outcome: Outcome): TestApp {
  return openTestApp({ corridor: corridor({ handle: async () => outcome }) })
}

function creating(created: Created): TestApp {
  return openTestApp({ corridor: corridor({ create: async () => created }) })
}

interface Wanted {
  readonly status: number
  readonly body: object
}
const fine = (body: object): Wanted => ({ status: 200, body })
const problem = (statusCode: number, error: string, message: string): Wanted => ({
  status: statusCode,
  body: { statusCode, error, message },
})

async function expectAnswer(answer: Response, { status, body }: Wanted): Promise<void> {
  expect(answer.status).toBe(status)
  expect(await answer.json()).toStrictEqual(body)
  expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
}

const base = { sagaId: 'S', state: 'asked' } as const
const unexpected = { kind: 'unexpected', ...base, label: 'late', expected: ['a', 'b'], reject: true } as const

const OUTCOMES: readonly (readonly [string, Outcome, Wanted])[] = [
  ['moved', { kind: 'moved', ...base }, fine({ outcome: 'moved', sagaId: 'S', currentState: 'asked' })],
  ['duplicate', { kind: 'duplicate', ...base }, fine({ outcome: 'duplicate', sagaId: 'S', currentState: 'asked' })],
  [
    'unexpected, ignored',
    { ...unexpected, reject: false },
    fine({ outcome: 'unexpected', sagaId: 'S', currentState: 'asked' }),
  ],
  [
    'unexpected, rejected',
    unexpected,
    problem(409, 'Conflict', 'the saga is in "asked", which expects one of "a", "b", not "late"'),
  ],
  [
    'unexpected in a final state',
    { ...unexpected, expected: [] },
    problem(409, 'Conflict', 'the saga is in "asked", which expects no event, not "late"'),
  ],
  ['refused', { kind: 'refused', sagaId: 'S', why: 'no' }, problem(422, 'Unprocessable Content', 'no')],
  ['unknown saga', { kind: 'unknown-saga', sagaId: 'S' }, problem(404, 'Not Found', 'there is no saga "S"')],
  [
    'too large',
    { kind: 'too-large', limit: 9 },
    problem(413, 'Content Too Large', 'the saga would be larger than the 9 bytes that its store takes'),
  ],
  [
    'stranded',
    { kind: 'stranded', ...base },
    problem(
      503,
      'Service Unavailable',
      'the saga is in "asked", which this machine does not have: give its new name in settings.movedStates, move the saga by hand, or bring the state back',
    ),
  ],
  [
    'P20 damaged',
    { kind: 'unreadable', sagaId: 'S', why: 'the head is damaged' },
    problem(
      500,
      'Internal Server Error',
      'the saga "S" is damaged in the store and cannot be read; it must be mended by hand',
    ),
  ],
  [
    'unavailable',
    { kind: 'unavailable', why: 'the disk is gone' },
    problem(
      503,
      'Service Unavailable',
      'the event is not done with yet, or not known to be: send it again, with its idempotency-key if it had one',
    ),
  ],
]

describe('C7 POST /event', () => {
  test.each(OUTCOMES)('C7 %s', async (_, outcome, wanted) => {
    await expectAnswer(await answering(outcome).post('/event', EVENT), wanted)
  })

  test('C3.4 C3.5 the corridor receives id, label, payload, trace and the id of the request', async () => {
    const handle = vi.fn<Corridor['handle']>(async () => ({ kind: 'moved', ...base }))
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const headers = { 'idempotency-key': 'a%2Fb%20%C3%BC', traceparent: trace, 'x-request-id': 'r-1' }
    await openTestApp({ corridor: corridor({ handle }) }).post('/event', EVENT, headers)
    const event = {
      id: 'key/a/b ü',
      sagaId: 'S',
      label: 'answered',
      payload: {},
      trace,
      requestId: 'r-1',
      headers: { 'x-request-id': 'r-1' },
    }
    expect(handle).toHaveBeenCalledExactlyOnceWith(event)
  })

  test('P7 an event without a key gets a fresh id each time', async () => {
    const handle = vi.fn<Corridor['handle']>(async () => ({ kind: 'moved', ...base }))
    const app = openTestApp({ corridor: corridor({ handle }) })
    await app.post('/event', EVENT)
    await app.post('/event', EVENT)
    const [one, other] = handle.mock.calls.map(([event]) => event.id)
    expect(one).toMatch(/^[\da-f-]{36}$/)
    expect(other).not.toBe(one)
  })
})

const SAGAS: readonly (readonly [string, Created, Wanted])[] = [
  ['created', { kind: 'created', sagaId: 'S' }, fine({ sagaId: 'S' })],
  ['P8 repeated', { kind: 'repeated', sagaId: 'S' }, fine({ sagaId: 'S' })],
  [
    'P8 mismatch',
    { kind: 'mismatch', sagaId: 'S' },
    problem(422, 'Unprocessable Content', 'this idempotency-key has created the saga "S" with another body'),
  ],
  [
    'too large',
    { kind: 'too-large', limit: 9 },
    problem(413, 'Content Too Large', 'the saga would be larger than the 9 bytes that its store takes'),
  ],
  [
    'unavailable',
    { kind: 'unavailable', why: 'the disk is gone' },
    problem(
      503,
      'Service Unavailable',
      'the creation is not done yet, or not known to be: send it again, with its idempotency-key if it had one',
    ),
  ],
]

describe('C7 POST /saga', () => {
  test.each(SAGAS)('C7 %s', async (_, created, wanted) => {
    await expectAnswer(await creating(created).post('/saga', CREATION), wanted)
  })

  test('P8 equal keys make equal ids, different keys different ids, each after the prefix', async () => {
    const app = openTestApp({ sagaIdPrefix: 'p-' })
    const one = await app.create('e', 'k%2F1')
    expect(one).toMatch(/^p-[\da-f]{32}$/)
    expect(await app.create('e', 'k/1')).toBe(one)
    expect(await app.create('e', 'k/2')).not.toBe(one)
    expect((await app.post('/saga', { ...CREATION, metadata: { a: 1 } }, { 'idempotency-key': 'k/1' })).status).toBe(
      422,
    )
  })
})

describe('C7 errors of the corridor and of probes', () => {
  const broken = corridor({})

  test.each(['/sagas/S', '/sagas'])('C7 GET %s is 503 and hides the cause', async (path) => {
    const app = openTestApp({ corridor: broken })
    const message = 'the request could not be carried out now; nothing is lost by trying again'
    await expectAnswer(await app.request(path), problem(503, 'Service Unavailable', message))
    expect(app.runtime.logged).toContainEqual(expect.objectContaining({ level: 'error', code: 'request.failed' }))
  })

  test('C7 healthz is 200 while the process runs; ready and check-up ask the store', async () => {
    const app = openTestApp({ ready: async () => ({ ok: false, why: 'the disk is gone' }) })
    await expectAnswer(await app.request('/-/healthz'), fine({ status: 'OK', name: NAME, version: VERSION }))
    for (const path of ['/-/ready', '/-/check-up']) {
      const answer = await app.request(path)
      expect(answer.status).toBe(503)
      expect(await answer.json()).toStrictEqual({
        status: 'KO',
        name: NAME,
        version: VERSION,
        message: 'the disk is gone',
      })
    }
  })

  test('C7 a probe that throws is 503', async () => {
    const answer = await openTestApp({ ready: () => Promise.reject(new Error('boom')) }).request('/-/ready')
    expect(answer.status).toBe(503)
  })

  test('C7 metrics that throw are 503', async () => {
    const metrics = { ...openTestApp().metrics, text: () => Promise.reject(new Error('boom')) }
    expect((await openTestApp({ metrics }).request('/-/metrics')).status).toBe(503)
  })
})
