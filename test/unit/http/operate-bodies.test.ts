import { describe, expect, test } from 'vitest'
import { BUSY } from '../../fakes/channel.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'
import { WHY, act, messageOf, remove } from './operate-requests.ts'

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

  test('P25 redeliver takes an empty body in chunks, with a type or without; one with content needs its type', async () => {
    const app = openTestApp()
    const id = await app.create()
    const post = async (text: string, headers: object) => {
      const chunks = new ReadableStream({
        start(controller) {
          if (text !== '') controller.enqueue(new TextEncoder().encode(text))
          controller.close()
        },
      })
      const request = new Request(`http://x/sagas/${id}/redeliver`, {
        method: 'POST',
        body: chunks,
        duplex: 'half',
        headers: { 'x-reason': 'test', 'transfer-encoding': 'chunked', ...headers },
      })
      return (await app.hono.fetch(request)).status
    }
    const json = { 'content-type': 'application/json' }
    expect([await post('', {}), await post('', json), await post('{}', json)]).toEqual([409, 409, 409])
    expect([await post('{}', {}), await post('', { 'content-type': 'text/plain' })]).toEqual([415, 415])
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
    expect([held.status, await held.json()]).toMatchObject([
      422,
      { ...reused, message: expect.stringMatching(/was a "move" at 2/) as string },
    ])
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
    const parked = await remove(app, `/sagas/${id}/parked/${encodeURIComponent('key/100% ü')}`)
    expect([parked.status, await messageOf(parked)]).toEqual([404, 'the saga has no parked event "key/100% ü"'])
    const path = `/sagas/${id}/dead-letters/${encodeURIComponent(`${id}/0/0`)}?label=answer`
    const dead = await remove(app, path)
    expect([dead.status, await messageOf(dead)]).toEqual([
      404,
      `the saga has no dead letter "${id}/0/0" with the label "answer"`,
    ])
  })
})
