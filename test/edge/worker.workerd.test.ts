import {
  abortAllDurableObjects,
  createExecutionContext,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
  SELF,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import worker from '../../workers/workerd.ts'
import type { Sagas } from '../../workers/workerd.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'

const { SAGAS } = env as unknown as { readonly SAGAS: DurableObjectNamespace<Sagas> }

/** The participant: the commands that it received, and its next answer. */
const asked: { readonly id: string; readonly label: string }[] = []
let answer = (): Response | Promise<Response> => new Response(null, { status: 204 })

vi.stubGlobal('fetch', async (_url: string, request: { headers: Record<string, string>; body: string }) => {
  const { value } = JSON.parse(request.body) as { value: { messageLabel: string } }
  asked.push({ id: request.headers['idempotency-key'] ?? '', label: value.messageLabel })
  return answer()
})

afterEach(() => {
  asked.length = 0
  answer = () => new Response(null, { status: 204 })
})

test('C4.1 C4.2 a saga is created, moves and can be read', async () => {
  const id = await create({ n: 1 })
  expect(await event(id, 'validationOK')).toEqual({
    outcome: 'moved',
    sagaId: id,
    currentState: 'reservationValidated',
  })
  const document = await read(id)
  expect(document.history.events.map(({ event }) => event)).toEqual(['__created__', 'validationOK'])
  expect(document.metadata).toEqual({ n: 1, ok: true })
  await vi.waitFor(() => expect(labelsOf(id)).toEqual(['validateReservation', 'checkReservation']))
})

test('P19 a delivery is settled at once, and no alarm is left', async () => {
  const id = await create()
  await vi.waitFor(async () => expect(await read(id)).not.toHaveProperty('owed'))
  expect(await alarmOf(id)).toBeNull()
})

test('C7 a request waits for the end in the object of its saga, and no longer than it asked', async () => {
  const id = await create()
  expect(await (await SELF.fetch(`http://batuta.test/sagas/${id}?wait=1`)).json()).toMatchObject({ isFinal: false })
  const waiting = SELF.fetch(`http://batuta.test/sagas/${id}?wait=60`)
  for (const label of ['validationOK', 'checkOK']) await event(id, label)
  expect(await (await waiting).json()).toMatchObject({ sagaId: id, isFinal: true })
  expect((await SELF.fetch('http://batuta.test/sagas/nobody?wait=60')).status).toBe(404)
})

test('P8 I4 a repeat with the same key is the same saga or event', async () => {
  const key = { 'idempotency-key': 'order-1' }
  const body = { associatedEntityId: 'a', metadata: {} }
  const [first, second] = [await post('/saga', body, key), await post('/saga', body, key)]
  expect(second).toEqual(first)
  expect(await post('/saga', { ...body, associatedEntityId: 'b' }, key)).toMatchObject({ statusCode: 422 })
  const { sagaId } = first as { sagaId: string }
  expect(await event(sagaId, 'validationOK', key)).toMatchObject({ outcome: 'moved' })
  expect(await event(sagaId, 'validationOK', key)).toMatchObject({ outcome: 'duplicate' })
})

describe('commands in the outbox', () => {
  test('I2 I7 are sent again by the alarm, with the same key', async () => {
    answer = () => new Response(null, { status: 500 })
    const id = await create()
    await vi.waitFor(async () => expect((await read(id)).owed?.[0]?.attempts).toBeGreaterThan(0))
    answer = () => new Response(null, { status: 204 })
    await ring(id)
    await vi.waitFor(async () => expect(await read(id)).not.toHaveProperty('owed'), { timeout: 5_000 })
    expect(new Set(keysOf(id))).toEqual(new Set([`${id}/0/0`]))
    expect(keysOf(id).length).toBeGreaterThanOrEqual(2)
  })

  test('P12 are due at once in a restarted object, though their lease has not ended', async () => {
    answer = () => new Promise<Response>(() => undefined)
    const id = await create()
    await vi.waitFor(() => expect(keysOf(id)).toHaveLength(1))
    expect(await alarmOf(id)).toBeGreaterThan(Date.now() + 10_000)
    answer = () => new Response(null, { status: 204 })
    await abortAllDurableObjects()
    await read(id) // wakes the object
    await vi.waitFor(async () => expect(await read(id)).not.toHaveProperty('owed'), { timeout: 5_000 })
    expect(keysOf(id)).toEqual([`${id}/0/0`, `${id}/0/0`])
  })

  test('P19 I2 an alarm sets the next one a few seconds later before it works, in case of a kill', async () => {
    answer = () => new Response(null, { status: 500 })
    const id = await create()
    await vi.waitFor(async () => expect((await read(id)).owed?.[0]?.attempts).toBeGreaterThan(0))
    await runInDurableObject(stub(id), async (saga) => {
      const { storage } = (saga as unknown as { ctx: DurableObjectState }).ctx
      const set = vi.spyOn(storage, 'setAlarm')
      await saga.alarm()
      expect(set.mock.calls[0]?.[0]).toBeLessThan(Date.now() + 6_000)
      set.mockRestore()
    })
  })

  test('P19 an alarm never throws, and sets another one', async () => {
    const id = await create()
    await vi.waitFor(async () => expect(await read(id)).not.toHaveProperty('owed'))
    await runInDurableObject(stub(id), async (_, { storage }) => {
      storage.sql.exec('UPDATE version SET number = 99')
      await storage.setAlarm(Date.now() + 3_600_000)
    })
    await evictDurableObject(stub(id))
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(await ring(id)).toBe(true)
    expect(complaint).toHaveBeenCalledOnce()
    complaint.mockRestore()
    const alarm = (await alarmOf(id)) ?? 0
    expect(alarm).toBeGreaterThan(Date.now() + 30_000)
    expect(alarm).toBeLessThan(Date.now() + 120_000)
  })
})

describe('actions of operators', () => {
  const reason = { 'x-reason': 'the%20desk%20is%20mended' }
  const act = (id: string, action: string, body: unknown = {}, headers = {}) =>
    post(`/sagas/${id}/${action}`, body, { ...reason, ...headers })

  test('P26 a held saga has no alarm and sends nothing, over a restart of its object; a release sends', async () => {
    answer = () => new Response(null, { status: 500 })
    const id = await create()
    await vi.waitFor(async () => expect((await read(id)).owed?.[0]?.attempts).toBeGreaterThan(0))
    expect(await act(id, 'hold', {}, { 'idempotency-key': 'h' })).toMatchObject({ outcome: 'done' })
    await abortAllDurableObjects()
    answer = () => new Response(null, { status: 204 })
    const sends = keysOf(id).length
    expect(await act(id, 'hold', {}, { 'idempotency-key': 'h' })).toMatchObject({ outcome: 'repeated' })
    expect(await act(id, 'redeliver')).toMatchObject({ statusCode: 409 })
    await ring(id)
    expect(await alarmOf(id)).toBeNull()
    expect(keysOf(id)).toHaveLength(sends)
    expect(await act(id, 'release')).toMatchObject({ outcome: 'done', details: { sent: [`${id}/0/0`] } })
    await vi.waitFor(async () => expect(await read(id)).not.toHaveProperty('owed'))
    expect(keysOf(id)).toHaveLength(sends + 1)
  })

  test('P25 each of the others is carried out in the object, and recorded', async () => {
    const id = await create({ n: 1 })
    await vi.waitFor(async () => expect(await read(id)).not.toHaveProperty('owed'))
    expect(await act(id, 'resend')).toMatchObject({ details: { sent: [`${id}/0/0`] } })
    const patch = { method: 'PATCH', headers: { ...reason, 'content-type': 'application/merge-patch+json' } }
    await SELF.fetch(`https://edge/sagas/${id}/metadata`, { ...patch, body: '{"n":null,"__proto__":{"m":2}}' })
    expect(await act(id, 'move', { state: 'reservationValidated', command: true })).toMatchObject({ outcome: 'done' })
    expect(await act(id, 'move', { state: 'reservationValid', command: true })).toMatchObject({ statusCode: 400 })
    expect(await act(id, 'cancel', { state: 'reservationFailed' })).toMatchObject({ outcome: 'done' })
    const path = `https://edge/sagas/${id}/dead-letters/${encodeURIComponent(`${id}/7/0`)}`
    expect((await SELF.fetch(path, { method: 'DELETE', headers: reason })).status).toBe(404)
    const { currentState, metadata, history } = await read(id)
    expect(currentState).toBe('reservationFailed')
    expect(JSON.stringify(metadata)).toBe('{"__proto__":{"m":2}}')
    expect(history.operations?.map(({ action }) => action)).toEqual(['resend', 'patch-metadata', 'move', 'cancel'])
    expect(await act('0123456789abcdef0123456789abcdef', 'hold')).toMatchObject({ statusCode: 404 })
  })
})

describe('an unknown id', () => {
  test.each(['nobody', 'x'.repeat(5_000), '../%00', 'Ø'])('C4.4 is 404 and writes nothing: %.20s', async (id) => {
    const answer = await SELF.fetch(`https://edge/sagas/${encodeURIComponent(id)}`)
    expect(answer.status).toBe(404)
    if (id.length < 1_024) expect(await event(id, 'validationOK')).toMatchObject({ statusCode: 404 })
    const [tables, alarm] = await runInDurableObject(stub(id), async (_, { storage }) => [
      storage.sql.exec("SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
      await storage.getAlarm(),
    ])
    expect([tables, alarm]).toEqual([[], null])
  })
})

describe('calls between Worker and object', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })
  test.each([
    ['names that objects inherit', '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":2}'],
    ['497 levels', JSON.stringify(deep(497))],
    ['a megabyte', JSON.stringify({ text: 'x'.repeat(1_000_000) })],
    ['half a surrogate pair', '{"text":"\\ud800"}'],
  ])('preserve metadata: %s', async (_, metadata) => {
    const created = await post('/saga', `{"associatedEntityId":"a","metadata":${metadata}}`)
    const { sagaId } = created as { sagaId: string }
    await post('/event', `{"key":"${sagaId}","value":{"messageLabel":"validationOK","messagePayload":${metadata}}}`)
    const text = await (await SELF.fetch(`https://edge/sagas/${sagaId}`)).text()
    expect(text).toContain(`"metadata":${metadata}`)
  })

  test.each(['stop', 'start', 'look', 'list', 'constructor', 'toString', '__proto__'])(
    'reach no method of the orchestrator that is not the corridor’s: %s',
    async (method) => {
      const call = runInDurableObject(stub('batuta: methods'), (object) => object.invoke(method, '1000'))
      await expect(call).rejects.toThrow(`found "${method}", expected a method of the corridor`)
    },
  )

  test('P24 answer 413 for metadata that are too large for an object', async () => {
    const metadata = { text: 'x'.repeat(2_500_000) }
    expect(await post('/saga', { associatedEntityId: 'a', metadata })).toMatchObject({ statusCode: 413 })
  })
})

describe('an object that does not answer', () => {
  const OURS = '0123456789abcdef0123456789abcdef'
  const failing = (thrown: unknown, calls = { count: 0 }) => {
    const refuse = (): Promise<never> => (calls.count++, Promise.reject(thrown))
    const object = { invoke: refuse }
    return { calls, env: { ...env, SAGAS: { idFromName: () => '', getByName: () => object } } }
  }

  test.each([
    ['overloaded', { overloaded: true, retryable: true }, 1],
    ['restarted', { retryable: true }, 4],
    ['broken', {}, 1],
  ])('C7 is 503 on every route: %s', async (_, properties, calls) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (const request of [
      new Request(`https://edge/sagas/${OURS}`),
      json('/saga', { associatedEntityId: 'a', metadata: {} }),
      json('/event', { key: OURS, value: { messageLabel: 'validationOK', messagePayload: {} } }),
      json(`/sagas/${OURS}/hold`, {}, { 'x-reason': 'mended' }),
    ]) {
      const object = failing(Object.assign(new Error('secret of the platform'), properties))
      const answer = await ask(request, object.env)
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(await answer.text()).not.toContain('secret')
      expect(object.calls.count).toBe(calls)
    }
  })
})

describe('C1.2 a configuration that is not valid', () => {
  const kafka = { type: 'kafka', id: 'k', configurations: { brokers: ['b:9092'], outputTopics: ['t'] } }
  test.each([
    ['no JSON', { CONFIGURATION: '{' }, 'JSON'],
    ['none at all', { CONFIGURATION: undefined }, 'CONFIGURATION'],
    ['a variable', { BODY_LIMIT: 'much' }, 'BODY_LIMIT'],
    [
      'a store from elsewhere',
      with_('persistencyManagement', { type: 'memory' }),
      'what this worker carries: "durable-object"',
    ],
    [
      'a store over TCP',
      with_('persistencyManagement', { type: 'redis', configurations: { url: 'redis://redis' } }),
      'found "redis", expected what this worker carries: "durable-object", "rest", "crud", "upstash-redis"',
    ],
    [
      'a channel from elsewhere',
      with_('communicationProtocols', [{ ...kafka, id: 'reservations' }]),
      'what this worker carries: "rest"',
    ],
    [
      'hooks that the bundle lacks',
      with_('settings', { deepMergeMetadata: { enabled: true, hook: { type: 'file', content: 'export default 1' } } }),
      'settings.deepMergeMetadata.hook.content (1:',
    ],
    [
      'hooks that the bundle lacks, with the remedy',
      with_('settings', { deepMergeMetadata: { enabled: true, hook: { type: 'file', content: 'export default 1' } } }),
      'found a hook that is not compiled into this bundle, expected a bundle with the hooks of this very file: npx batuta hooks',
    ],
    ['no objects', { SAGAS: undefined }, 'expected a Durable Object binding named "SAGAS"'],
    [
      'a binding of another name',
      with_('persistencyManagement', { type: 'durable-object', configurations: { binding: 'ELSEWHERE' } }),
      '"ELSEWHERE"',
    ],
  ])('is 503 everywhere, and the log says why: %s', async (_, change, why) => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const broken = { ...env, ...change }
    for (const path of ['/saga', '/event', '/sagas/one', '/configuration', '/-/metrics', '/nothing']) {
      const answer = await ask(new Request(`https://edge${path}`), broken)
      expect(answer.status).toBe(503)
      expect(await answer.json()).toEqual({ statusCode: 503, error: 'Service Unavailable', message: INVALID })
    }
    for (const path of ['/-/healthz', '/-/ready', '/base/-/ready']) {
      const answer = await ask(new Request(`https://edge${path}`), broken)
      expect(answer.status).toBe(503)
      expect(await answer.json()).toMatchObject({ status: 'KO', message: INVALID })
    }
    expect(complaint.mock.calls.flat().join()).toContain(why)
    expect(complaint).toHaveBeenCalledOnce()
    complaint.mockRestore()
  })
})

test('C7 probes, 501 for lists, and metrics of Worker and objects together', async () => {
  expect((await SELF.fetch('https://edge/-/ready')).status).toBe(200)
  const list = await SELF.fetch('https://edge/sagas')
  expect(list.status).toBe(501)
  expect(await list.text()).toContain('durable-object')
  await create()
  const metrics = await (await SELF.fetch('https://edge/-/metrics')).text()
  expect(metrics).toMatch(
    /flow_manager_saga_states_total\{state="reservationCreated",incoming_message_label="__created__"\} \d/,
  )
})

const INVALID = 'the configuration is invalid; the log says what is wrong with it'

function with_(section: string, value: unknown): Record<string, string> {
  const { CONFIGURATION } = env as unknown as { readonly CONFIGURATION: string }
  return { CONFIGURATION: JSON.stringify({ ...(JSON.parse(CONFIGURATION) as object), [section]: value }) }
}

/** Keys and labels of the commands of this saga that the participant received. */
function keysOf(saga: string): string[] {
  return asked.filter(({ id }) => id.startsWith(`${saga}/`)).map(({ id }) => id)
}

function labelsOf(saga: string): string[] {
  return asked.filter(({ id }) => id.startsWith(`${saga}/`)).map(({ label }) => label)
}

function stub(id: string): DurableObjectStub<Sagas> {
  return SAGAS.getByName(id)
}

function ring(id: string): Promise<boolean> {
  return runDurableObjectAlarm(stub(id))
}

function alarmOf(id: string): Promise<number | null> {
  return runInDurableObject(stub(id), (_, { storage }) => storage.getAlarm())
}

function ask(request: Request, bindings: object): Promise<Response> {
  return worker.fetch(request, bindings as Record<string, unknown>, createExecutionContext())
}

function json(path: string, body: unknown, headers: Record<string, string> = {}): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Request(`https://edge${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  })
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
  return (await SELF.fetch(json(path, body, headers))).json()
}

async function create(metadata: object = {}): Promise<string> {
  return ((await post('/saga', { associatedEntityId: 'a', metadata })) as { sagaId: string }).sagaId
}

function event(key: string, messageLabel: string, headers = {}): Promise<unknown> {
  return post('/event', { key, value: { messageLabel, messagePayload: { ok: true } } }, headers)
}

async function read(id: string): Promise<SagaDocument> {
  return (await SELF.fetch(`https://edge/sagas/${id}`)).json()
}
