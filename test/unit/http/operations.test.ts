import { describe, expect, test } from 'vitest'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const HOLD = { action: 'hold', filter: { currentState: 'asked' }, reason: 'an incident' }

async function appWith(sagas: number): Promise<TestApp> {
  const app = openTestApp()
  for (let made = 0; made < sagas; made++) {
    await app.create(`order-${made}`)
    await app.runtime.advance(1)
  }
  await app.runtime.advance(5_000)
  return app
}

const json = async (answer: Response | Promise<Response>) => (await answer).json() as Promise<Record<string, unknown>>

const DROPPED = { method: 'DELETE', headers: { 'x-operator': 'zo%C3%AB', 'x-reason': 'wrong%20filter' } }

describe('C7 bulk operations', () => {
  test('P25 a dry run counts and shows, and writes nothing', async () => {
    const app = await appWith(5)
    const writes = app.writes.length
    const shown = await json(app.post('/operations', { ...HOLD, dryRun: true, sample: 2 }))
    expect(shown).toMatchObject({ dryRun: true, matches: 5, isComplete: true, kept: false })
    expect(shown['items']).toMatchObject([{ outcome: 'done', state: 'asked' }, { outcome: 'done' }])
    expect(app.writes.length).toBe(writes)
    expect(await json(app.request('/operations'))).toEqual({ items: [], kept: false })
  })

  test('P25 a run is accepted, has one result a saga, and a record in each of them', async () => {
    const app = await appWith(5)
    const answer = await app.post('/operations', HOLD, { 'x-operator': 'zo%C3%A9' })
    expect(answer.status).toBe(202)
    const location = answer.headers.get('location') ?? ''
    const begun = await json(answer)
    expect(begun).toMatchObject({ status: 'running', action: 'hold', operator: 'zoé', reason: 'an incident', rate: 50 })
    expect(location).toBe(`/operations/${String(begun['id'])}`)
    await app.runtime.advance(3_000)
    const ended = await json(app.request(`${location}?limit=2`))
    expect(ended).toMatchObject({ status: 'done', counts: { done: 5, refused: 0 }, filter: { currentState: 'asked' } })
    const rest = await json(app.request(`${location}?limit=5&after=${String(ended['next'])}`))
    const items = [...(ended['items'] as { sagaId: string }[]), ...(rest['items'] as { sagaId: string }[])]
    expect([items.length, rest['next']]).toEqual([5, undefined])
    for (const { sagaId } of items) {
      const saga = await json(app.request(`/sagas/${sagaId}`))
      expect(saga['history']).toMatchObject({ operations: [{ id: `bulk/${String(begun['id'])}`, operator: 'zoé' }] })
    }
    const listed = await json(app.request('/operations'))
    expect(listed).toMatchObject({ items: [{ id: begun['id'] }], kept: false })
    expect((await app.request(location, DROPPED)).status).toBe(409)
  })

  test('P25 a filter has true and false as GET /sagas shows them, or as its query has them', async () => {
    const app = await appWith(3)
    const matches = async (isFinal: unknown) =>
      (await json(app.post('/operations', { ...HOLD, filter: { isFinal }, dryRun: true })))['matches']
    expect(await Promise.all([false, 'false', true, 'true'].map(matches))).toEqual([3, 3, 0, 0])
  })

  test('P25 a filter by last answer finds the sagas that share it, and no others', async () => {
    const app = openTestApp()
    const answers = [
      { status: 503, retryable: true },
      { status: 422, answer: 'limit 7', retryable: true },
    ] as const
    for (const [at, answer] of [...answers, ...answers, answers[1]].entries()) {
      app.channel.always({ kind: 'rejected', ...answer })
      await app.create(`order-${at}`)
      await app.runtime.advance(1)
    }
    const filter = { has: 'owed', channel: 'desk', lastAnswer: '422 limit #' }
    expect(await json(app.post('/operations', { ...HOLD, filter, dryRun: true }))).toMatchObject({ matches: 3 })
    const begun = await json(app.post('/operations', { ...HOLD, filter }))
    await app.runtime.advance(3_000)
    const ended = await json(app.request(`/operations/${String(begun['id'])}`))
    expect(ended).toMatchObject({ status: 'done', counts: { done: 3 }, filter })
    const held = await json(app.request('/sagas?has=hold'))
    expect((held['items'] as { associatedEntityId: string }[]).map((one) => one.associatedEntityId)).toEqual([
      'order-4',
      'order-3',
      'order-1',
    ])
  })

  test('P25 an action that does not fit is refused saga by saga', async () => {
    const app = await appWith(3)
    await app.post('/operations', { action: 'release', filter: {}, reason: 'all is well' })
    await app.runtime.advance(3_000)
    const { items } = (await json(app.request('/operations'))) as { items: { id: string }[] }
    const ended = await json(app.request(`/operations/${items[0]?.id}`))
    expect(ended).toMatchObject({ status: 'done', counts: { done: 0, refused: 3 } })
    expect((ended['items'] as { why: string }[])[0]?.why).not.toBe('')
  })

  test('P8 a repeat by key answers the same operation; with another body it is 422', async () => {
    const app = await appWith(2)
    const key = { 'idempotency-key': 'mend-1' }
    const first = await json(app.post('/operations', HOLD, key))
    const again = await app.post('/operations', HOLD, key)
    expect([again.status, (await json(again))['id']]).toEqual([202, first['id']])
    const reused = await app.post('/operations', { ...HOLD, rate: 7 }, key)
    expect([reused.status, await json(reused)]).toMatchObject([
      422,
      {
        code: 'idempotency-key-reused',
        operation: first['id'],
        message: expect.stringMatching(/has begun the operation ".*", a "hold", at 2/) as string,
      },
    ])
  })

  test('P25 a running operation is cancelled', async () => {
    const app = await appWith(20)
    const { id } = await json(app.post('/operations', { ...HOLD, rate: 2 }))
    await app.runtime.advance(2_000)
    const path = `/operations/${String(id)}`
    const unexplained = await app.request(path, { method: 'DELETE' })
    expect([unexplained.status, await json(unexplained)]).toMatchObject([
      400,
      { message: /^the header x-reason is missing/ },
    ])
    const by = { status: 'cancelled', cancelledBy: 'zoë', cancelReason: 'wrong filter' }
    expect(await json(app.request(path, DROPPED))).toMatchObject(by)
    expect(await json(app.request(path, { ...DROPPED, headers: { 'x-reason': 'again' } }))).toMatchObject(by)
    await app.runtime.advance(30_000)
    const { counts, ...ended } = (await json(app.request(path))) as { counts: { done: number } }
    expect(ended).toMatchObject(by)
    expect(counts.done).toBeLessThan(10)
    expect((await app.request('/operations/none', DROPPED)).status).toBe(404)
    expect((await app.request('/operations/none')).status).toBe(404)
  })

  test.each([
    ['no object', [], 400, 'the body must be an object with action, filter and reason'],
    ['no action', { filter: {} }, 400, /^action must be one of redeliver, resend, hold/],
    ['another action', { ...HOLD, action: 'drop' }, 400, /^action must be one of redeliver, resend, hold/],
    [
      'no filter',
      { action: 'hold', reason: 'r' },
      400,
      'filter must be an object with filters of GET /sagas; {} finds every saga',
    ],
    ['a filter that is a list', { ...HOLD, filter: [] }, 400, /^filter must be an object/],
    ['an unknown filter', { ...HOLD, filter: { state: 'x' } }, 400, 'filter.state is not a known filter'],
    ['a page in the filter', { ...HOLD, filter: { limit: 5 } }, 400, 'filter.limit is not a known filter'],
    ['a bad filter', { ...HOLD, filter: { isFinal: 'maybe' } }, 400, 'filter.isFinal must be "true" or "false"'],
    [
      'a last answer of nothing',
      { ...HOLD, filter: { lastAnswer: '503' } },
      400,
      /^filter.lastAnswer must stand beside has=owed/,
    ],
    ['an instant that is none', { ...HOLD, filter: { since: 'now' } }, 400, /^filter.since must be an ISO 8601/],
    ['an unknown state in the filter', { ...HOLD, filter: { currentState: 'aske' } }, 400, /the nearest is "asked"/],
    ['an unknown field', { ...HOLD, limit: 5 }, 400, 'limit is not a known field of this action'],
    ['an argument of another action', { ...HOLD, state: 'done' }, 400, 'state is not a known field of this action'],
    ['no state', { ...HOLD, action: 'move', command: true }, 400, 'state is missing'],
    ['no choice of command', { ...HOLD, action: 'move', state: 'done' }, 400, 'command is missing'],
    [
      'an unknown state',
      { ...HOLD, action: 'move', state: 'dnoe', command: true },
      400,
      /state of saga.json: found "dnoe", the nearest is "done"/,
    ],
    ['a state that is not final', { ...HOLD, action: 'cancel', state: 'asked' }, 400, /must be a final state/],
    [
      'metadata that is no object',
      { ...HOLD, action: 'patch-metadata', metadata: 7 },
      400,
      /^metadata must be an object/,
    ],
    ['a rate of nothing', { ...HOLD, rate: 0 }, 400, 'rate must be a whole number from 1 to 1000'],
    ['a rate that is a text', { ...HOLD, rate: '5' }, 400, 'rate must be a whole number from 1 to 1000'],
    ['a dry run that is a text', { ...HOLD, dryRun: 'true' }, 400, 'dryRun must be true or false'],
    [
      'no reason',
      { action: 'hold', filter: {} },
      400,
      /^the reason is missing, expected reason in the body or the header x-reason$/,
    ],
    ['an empty reason', { ...HOLD, reason: ' ' }, 400, /^reason must have no control characters, not be empty/],
    ['a reason that is too long', { ...HOLD, reason: 'x'.repeat(501) }, 400, /at most 500 characters/],
    ['two mistakes', { ...HOLD, rate: 0, dryRun: 1 }, 400, /dryRun must be true or false.*rate must be/],
    [
      'metadata beyond a record',
      { ...HOLD, action: 'patch-metadata', metadata: { x: 'x'.repeat(60_000) } },
      413,
      /48 KiB/,
    ],
  ])('C7 bad input: %s', async (_, body, status, message) => {
    const app = openTestApp()
    const answer = await app.post('/operations', body)
    const { message: said } = (await json(answer)) as { message: string }
    expect([answer.status, said]).toEqual([
      status,
      typeof message === 'string' ? message : expect.stringMatching(message),
    ])
    expect(await json(app.request('/operations'))).toMatchObject({ items: [] })
  })

  test('C7 bad input: two reasons, and queries', async () => {
    const app = openTestApp()
    expect((await app.post('/operations', HOLD, { 'x-reason': 'another' })).status).toBe(400)
    expect((await app.post('/operations', { ...HOLD, reason: undefined }, { 'x-reason': 'one' })).status).toBe(202)
    for (const query of ['limit=0', 'limit=x', 'limit=1001', 'limit=1&limit=2', 'other=1', 'after=gone']) {
      expect((await app.request(`/operations?${query}`)).status, query).toBe(400)
    }
    const { items } = (await json(app.request('/operations'))) as { items: { id: string }[] }
    for (const after of ['x', '1', '1-', '-1-2', '1-2-3']) {
      expect((await app.request(`/operations/${items[0]?.id}?after=${after}`)).status, after).toBe(400)
    }
  })

  test('C7 a store that cannot list answers 501 and names it', async () => {
    const app = openTestApp({ bulk: undefined, store: 'rest' })
    const requests = [
      app.post('/operations', HOLD),
      app.request('/operations'),
      app.request('/operations/x'),
      app.request('/operations/x', DROPPED),
    ]
    for (const answer of await Promise.all(requests)) {
      expect([answer.status, ((await json(answer)) as { message: string }).message]).toEqual([
        501,
        expect.stringMatching(/^the store "rest" cannot list sagas, .* act on each saga by its id \(POST \/sagas\//),
      ])
    }
  })
})
