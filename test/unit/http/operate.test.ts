import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { BUSY } from '../../fakes/channel.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const WHY = { 'x-reason': 'the%20desk%20is%20mended' }

function act(app: TestApp, path: string, headers: Record<string, string> = WHY, method = 'POST'): Promise<Response> {
  return app.request(path, { method, headers })
}

interface Shown {
  readonly hold?: object
  readonly history: { readonly operations?: readonly object[] }
}

async function show(app: TestApp, id: string): Promise<Shown> {
  return (await (await app.request(`/sagas/${id}`)).json()) as Shown
}

async function messageOf(answer: Response): Promise<string> {
  return ((await answer.json()) as { message: string }).message
}

describe('P25 actions of operators over HTTP', () => {
  test('P25 hold and release are answered, shown, and recorded with operator and reason', async () => {
    const app = openTestApp()
    const id = await app.create()
    const held = await act(app, `/sagas/${id}/hold`, { ...WHY, 'x-operator': 'Zo%C3%AB', 'idempotency-key': 'h' })
    expect([held.status, await held.json()]).toEqual([
      200,
      { outcome: 'done', sagaId: id, currentState: 'asked', details: {} },
    ])
    expect((await show(app, id)).hold).toMatchObject({ since: expect.any(String) as string })
    const again = await act(app, `/sagas/${id}/hold`, { ...WHY, 'idempotency-key': 'h' })
    expect(await again.json()).toEqual({ outcome: 'repeated', sagaId: id, currentState: 'asked' })
    expect((await act(app, `/sagas/${id}/release`)).status).toBe(200)
    const { hold, history } = await show(app, id)
    expect(hold).toBeUndefined()
    expect(history.operations).toMatchObject([
      { id: 'key/h', action: 'hold', operator: 'Zoë', reason: 'the desk is mended' },
      { action: 'release', operator: 'anonymous' },
    ])
  })

  test('P25 without x-operator the record has the name of the token', async () => {
    const app = openTestApp({ tokens: { api: new Secret('t') } })
    const authorization = 'Bearer t'
    const body = JSON.stringify({ associatedEntityId: 'e', metadata: {} })
    const headers = { authorization, 'content-type': 'application/json' }
    const created = await app.request('/saga', { method: 'POST', headers, body })
    const { sagaId } = (await created.json()) as { sagaId: string }
    await act(app, `/sagas/${sagaId}/hold`, { ...WHY, authorization })
    const shown = await app.request(`/sagas/${sagaId}`, { headers: { authorization } })
    expect(((await shown.json()) as Shown).history.operations).toMatchObject([{ operator: 'API_TOKEN' }])
  })

  test('P25 a refused action is 409 with the reason, an unknown saga is 404', async () => {
    const app = openTestApp()
    const id = await app.create()
    const refused = await act(app, `/sagas/${id}/release`)
    expect([refused.status, await messageOf(refused)]).toEqual([409, 'the saga is not held, expected one that is held'])
    const unknown = await act(app, '/sagas/nobody/hold')
    expect([unknown.status, await messageOf(unknown)]).toEqual([404, 'there is no saga "nobody"'])
  })

  test('P25 a dry run is answered as such and writes nothing', async () => {
    const app = openTestApp()
    const id = await app.create()
    const writes = app.writes.length
    const answer = await act(app, `/sagas/${id}/hold?dryRun=true`)
    expect(await answer.json()).toMatchObject({ outcome: 'done', dryRun: true })
    expect(app.writes).toHaveLength(writes)
  })
})

describe('P25 bad input of an action is 400 and named', () => {
  const MUST =
    'must be percent-encoded UTF-8 (ASCII, a percent sign is %25), not empty, without control characters, at most'
  test.each([
    ['no reason', {}, `the header x-reason is missing; it ${MUST} 500 characters`],
    ['an empty reason', { 'x-reason': '' }, `the header x-reason ${MUST} 500 characters`],
    ['a reason of blanks', { 'x-reason': '%20%20' }, `the header x-reason ${MUST} 500 characters`],
    ['a long reason', { 'x-reason': 'r'.repeat(501) }, `the header x-reason ${MUST} 500 characters`],
    ['half an escape', { 'x-reason': '100%' }, `the header x-reason ${MUST} 500 characters`],
    ['Latin-1', { 'x-reason': 'caf\u00E9' }, `the header x-reason ${MUST} 500 characters`],
    ['a new line', { 'x-reason': 'a%0Ab' }, `the header x-reason ${MUST} 500 characters`],
    ['a long operator', { ...WHY, 'x-operator': 'o'.repeat(201) }, `the header x-operator ${MUST} 200 characters`],
    ['a bad key', { ...WHY, 'idempotency-key': '%' }, /^the header idempotency-key must be ASCII/],
  ])('P25 %s', async (_, headers: Record<string, string>, message) => {
    const app = openTestApp()
    const answer = await act(app, `/sagas/${await app.create()}/hold`, headers)
    expect(answer.status).toBe(400)
    expect(await messageOf(answer)).toMatch(message)
  })

  test.each([
    ['500 characters of three bytes', { 'x-reason': encodeURIComponent('\u8CC7'.repeat(500)) }],
    ['250 emoji', { 'x-reason': encodeURIComponent('\u{1F4B8}'.repeat(250)) }],
    ['an operator of 200', { ...WHY, 'x-operator': encodeURIComponent('\u8CC7'.repeat(200)) }],
  ])('P25 the longest texts are taken: %s', async (_, headers: Record<string, string>) => {
    const app = openTestApp()
    expect((await act(app, `/sagas/${await app.create()}/hold`, headers)).status).toBe(200)
  })

  test.each([
    ['10 KB', 'r'.repeat(10_000)],
    ['an invalid sequence', '%C3%28'],
    ['a surrogate', '%ED%A0%80'],
    ['an overlong form', '%C0%AF'],
    ['an injected header', 'a%0D%0Ax-operator:%20root'],
    ['NUL', 'a%00b'],
    ['C1', 'a%C2%9Bb'],
  ])('P25 a reason with %s is 400', async (_, reason) => {
    const app = openTestApp()
    const answer = await act(app, `/sagas/${await app.create()}/hold`, { 'x-reason': reason })
    expect([answer.status, await messageOf(answer)]).toMatchObject([400, /^the header x-reason must be/])
  })

  test.each([
    ['dryRun=yes', 'dryRun must be "true" or "false"'],
    ['dryrun=true', 'dryrun is not a known parameter'],
    ['channel=', 'channel must not be empty'],
    ['channel=a&channel=b', 'channel is given more than once'],
  ])('P25 redeliver?%s', async (query, message) => {
    const app = openTestApp()
    const answer = await act(app, `/sagas/${await app.create()}/redeliver?${query}`)
    expect([answer.status, await messageOf(answer)]).toEqual([400, message])
  })
})

describe('P25 actions with a body', () => {
  const JSON_HEADERS = { ...WHY, 'content-type': 'application/json' }
  const send = (app: TestApp, method: string, path: string, body: unknown) =>
    app.request(path, { method, headers: JSON_HEADERS, body: typeof body === 'string' ? body : JSON.stringify(body) })

  test('P25 move, metadata and cancel are carried out, and shown as marked steps', async () => {
    const app = openTestApp()
    const id = await app.create()
    const moved = await send(app, 'POST', `/sagas/${id}/move`, { state: 'asked', command: true })
    expect(await moved.json()).toMatchObject({ outcome: 'done', details: { from: 'asked', to: 'asked' } })
    const patched = await app.request(`/sagas/${id}/metadata`, {
      method: 'PATCH',
      headers: { ...WHY, 'content-type': 'application/merge-patch+json' },
      body: '{"a":{"b":1}}',
    })
    expect(patched.status).toBe(200)
    expect(await (await send(app, 'POST', `/sagas/${id}/cancel`, { state: 'done' })).json()).toMatchObject({
      currentState: 'done',
    })
    const shown = (await (await app.request(`/sagas/${id}`)).json()) as {
      readonly metadata: object
      readonly history: { readonly events: readonly { readonly event: string; readonly operation?: string }[] }
    }
    expect(shown.metadata).toEqual({ a: { b: 1 } })
    const { events } = shown.history
    expect(events.map(({ event }) => event)).toEqual([
      '__created__',
      '__moved__',
      '__metadata_patched__',
      '__cancelled__',
    ])
    expect(events.map(({ operation }) => operation !== undefined)).toEqual([false, true, true, true])
  })

  test('P25 redeliver takes a body or none', async () => {
    const app = openTestApp()
    app.channel.always(BUSY)
    const id = await app.create()
    await app.runtime.settle()
    await send(app, 'POST', `/sagas/${id}/cancel`, { state: 'done' })
    for (const [body, status] of [
      [undefined, 409],
      [{}, 409],
      [{ cancelled: false }, 409],
      [{ cancelled: true }, 200],
    ] as const) {
      const path = `/sagas/${id}/redeliver`
      expect((await (body === undefined ? act(app, path) : send(app, 'POST', path, body))).status).toBe(status)
    }
  })

  test('P25 a key repeated with another action or body is 422, which names the first operation', async () => {
    const app = openTestApp()
    const id = await app.create()
    const keyed = { ...JSON_HEADERS, 'idempotency-key': 'k' }
    const move = (command: boolean) =>
      app
        .post(`/sagas/${id}/move`, { state: 'asked', command }, keyed)
        .then(async (answer) => [answer.status, await answer.json()])
    expect(await move(true)).toMatchObject([200, { outcome: 'done' }])
    expect(await move(true)).toMatchObject([200, { outcome: 'repeated' }])
    const reused = {
      statusCode: 422,
      code: 'idempotency-key-reused',
      operation: 'key/k',
      message: expect.stringContaining('was a "move" with other arguments at 2') as string,
    }
    expect(await move(false)).toMatchObject([422, reused])
    const held = await act(app, `/sagas/${id}/hold`, keyed)
    expect([held.status, await held.json()]).toMatchObject([422, { ...reused, message: /was a "move" at 2/ }])
  })

  test.each([
    ['POST', 'redeliver', { cancelled: 'yes' }, 'cancelled must be true or false'],
    ['POST', 'redeliver', { canceled: true }, 'canceled is not a known field'],
    ['POST', 'redeliver', [], 'the body must be absent, or an object with cancelled'],
    ['POST', 'redeliver', null, 'the body must be absent, or an object with cancelled'],
    ['POST', 'move', {}, 'state is missing; command is missing'],
    ['POST', 'move', [], 'the body must be an object with state and command'],
    ['POST', 'move', { state: 'done', command: 'yes' }, 'command must be true or false'],
    ['POST', 'move', { state: 7, command: true }, 'state must be a string'],
    ['POST', 'move', { state: '', command: true }, 'state must not be empty'],
    ['POST', 'move', { state: 'done', command: true, x: 1 }, 'x is not a known field'],
    [
      'POST',
      'move',
      { state: 'dune', command: true },
      /^state must be a state of the machine: found "dune", .* "done"$/,
    ],
    ['POST', 'cancel', { state: 'asked' }, /^state must be a final state of the machine: found "asked"/],
    ['POST', 'cancel', null, 'the body must be an object with state'],
    ['PATCH', 'metadata', [], /^the body must be an object: a JSON merge patch/],
    ['PATCH', 'metadata', null, /^the body must be an object: a JSON merge patch/],
    ['PATCH', 'metadata', '{', /^the body /],
  ])('P25 %s %s %j is 400', async (method, action, body, message) => {
    const app = openTestApp()
    const answer = await send(app, method, `/sagas/${await app.create()}/${action}`, body)
    expect(answer.status).toBe(400)
    expect(await messageOf(answer)).toMatch(message)
  })

  test('P25 an id of the path may hold slashes and percents; one that the saga lacks is 404', async () => {
    const app = openTestApp()
    const id = await app.create()
    const parked = await act(app, `/sagas/${id}/parked/${encodeURIComponent('key/100% ü')}`, WHY, 'DELETE')
    expect([parked.status, await messageOf(parked)]).toEqual([404, 'the saga has no parked event "key/100% ü"'])
    const path = `/sagas/${id}/dead-letters/${encodeURIComponent(`${id}/0/0`)}?label=answer`
    const dead = await act(app, path, WHY, 'DELETE')
    expect([dead.status, await messageOf(dead)]).toEqual([
      404,
      `the saga has no dead letter "${id}/0/0" with the label "answer"`,
    ])
  })
})
