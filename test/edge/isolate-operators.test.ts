import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../../scripts/workerd/bundle.ts'
import { crudService } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { eventually } from '../services/client.ts'
import { namesOf, readStream } from '../services/read-stream.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { startWithoutObjects } from './without-objects.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-edge-'))
let service: CrudService
let participant: Participant
/** Two Workers over one store. */
let workers: readonly [Miniflare, Miniflare]
beforeAll(async () => {
  await bundle(join(folder, 'worker.js'))
  service = await crudService()
  participant = await startParticipant()
  const options = { bundle: join(folder, 'worker.js'), service, participant }
  workers = await Promise.all([startWithoutObjects(options), startWithoutObjects(options)])
})
afterAll(async () => {
  await Promise.all([service.close(), participant.close(), ...workers.map((worker) => worker.dispose())])
  rmSync(folder, { recursive: true })
})

interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function call(path: string, init: RequestInit = {}, worker = workers[0]): Promise<Answered> {
  const answer = await worker.dispatchFetch(`http://edge${path}`, init as never)
  return { status: answer.status, body: (await answer.json()) as Answered['body'] }
}

async function create(): Promise<string> {
  const body = JSON.stringify({ associatedEntityId: 'table-4', metadata: { n: 1 } })
  const headers = { 'content-type': 'application/json' }
  return String((await call('/saga', { method: 'POST', headers, body })).body['sagaId'])
}

const HEADERS = { 'x-reason': 'the%20desk%20is%20mended', 'x-operator': 'Zo%C3%AB', 'content-type': 'application/json' }

function act(path: string, { method = 'POST', body, key, worker }: Act = {}): Promise<Answered> {
  const headers = { ...HEADERS, ...(key !== undefined && { 'idempotency-key': key }) }
  return call(`/sagas/${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }, worker)
}

interface Act {
  readonly method?: string
  readonly body?: object
  readonly key?: string
  readonly worker?: Miniflare
}

const event = (id: string, label: string, worker?: Miniflare): Promise<Answered> => {
  const body = JSON.stringify({ key: id, value: { messageLabel: label, messagePayload: {} } })
  return call('/event', { method: 'POST', headers: { 'content-type': 'application/json' }, body }, worker)
}
/** Once a saga owes nothing: a command arrives before its delivery is saved. */
const settled = (id: string) =>
  eventually(async () => (await call(`/sagas/${id}`)).body['owed'] === undefined || undefined)
const keysOf = (id: string): readonly string[] =>
  participant.received.filter(({ sagaId }) => sagaId === id).map(({ key }) => key)

describe('P19 P25 operators on workerd without objects', () => {
  test('P25 P26 each action is carried out, sends its commands, and is recorded', async () => {
    const id = await create()
    await eventually(() => keysOf(id)[0])
    expect(await act(`${id}/hold`, { key: 'h' })).toMatchObject({ status: 200, body: { outcome: 'done' } })
    expect(await act(`${id}/hold`, { key: 'h', worker: workers[1] })).toMatchObject({ body: { outcome: 'repeated' } })
    const reused = { status: 422, body: { code: 'idempotency-key-reused', operation: 'key/h' } }
    expect(await act(`${id}/release`, { key: 'h' })).toMatchObject(reused)
    expect(await event(id, 'validationOK')).toMatchObject({ status: 200, body: { outcome: 'parked' } })
    expect(await act(`${id}/release`)).toMatchObject({ status: 200 })
    await eventually(() => keysOf(id).includes(`${id}/1/0`) || undefined)
    await settled(id)
    expect(await act(`${id}/metadata`, { method: 'PATCH', body: { n: null, m: 2 } })).toMatchObject({ status: 200 })
    const resent = await act(`${id}/resend`)
    expect(resent).toMatchObject({
      status: 200,
      body: { details: { warning: expect.stringMatching(/the same key carries other content/) as string } },
    })
    await eventually(() => keysOf(id).filter((key) => key === `${id}/1/0`)[1])
    const move = { state: 'reservationCreated', command: true }
    expect(await act(`${id}/move`, { body: move })).toMatchObject({ status: 200, body: { details: { command: true } } })
    await eventually(() => keysOf(id).includes(`${id}/3/0`) || undefined)
    expect(await act(`${id}/cancel`, { body: { state: 'reservationFailed' } })).toMatchObject({ status: 200 })
    const { body } = await call(`/sagas/${id}`)
    expect(body).toMatchObject({ currentState: 'reservationFailed', metadata: { m: 2 } })
    const { operations } = body['history'] as { operations: readonly { action: string; operator: string }[] }
    expect(operations.map(({ action }) => action)).toEqual([
      'hold',
      'release',
      'patch-metadata',
      'resend',
      'move',
      'cancel',
    ])
    expect(new Set(operations.map(({ operator }) => operator))).toEqual(new Set(['Zoë']))
  })

  test('P15 a cancelled command stays a dead letter until it is asked for, and a dead letter is dropped', async () => {
    participant.behaves(() => ({ status: 503 }))
    const id = await create()
    await eventually(() => keysOf(id)[0])
    await eventually(
      async () => (await act(`${id}/cancel`, { body: { state: 'reservationFailed' } })).status === 200 || undefined,
    )
    participant.behaves(() => ({}))
    expect(await act(`${id}/redeliver`)).toMatchObject({
      status: 409,
      body: { message: /was cancelled by an operator/ },
    })
    const sent = keysOf(id).length
    expect(await act(`${id}/redeliver`, { body: { cancelled: true } })).toMatchObject({ status: 200 })
    await eventually(() => keysOf(id)[sent])
    const letter = `${id}/dead-letters/${encodeURIComponent(`${id}/0/0`)}`
    expect(await act(letter, { method: 'DELETE' })).toMatchObject({ status: 404 })
  })

  test('P2 P25 two operators and an event at once: none is lost', async () => {
    const id = await create()
    await eventually(() => keysOf(id)[0])
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all([
        act(`${id}/metadata`, { method: 'PATCH', body: { [`a${round}`]: round } }),
        act(`${id}/metadata`, { method: 'PATCH', body: { [`b${round}`]: round }, worker: workers[1] }),
        event(id, 'validationOK', workers[1]),
      ])
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    }
    const holds = await Promise.all([act(`${id}/hold`), act(`${id}/hold`, { worker: workers[1] })])
    expect(holds.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    const { body } = await call(`/sagas/${id}`)
    expect(body['currentState']).toBe('reservationValidated')
    expect(body['metadata']).toMatchObject({ a0: 0, a1: 1, a2: 2, b0: 0, b1: 1, b2: 2 })
  })

  test.each([
    ['no reason', {}],
    ['an invalid sequence', { 'x-reason': '%C3%28' }],
    ['an injected header', { 'x-reason': 'a%0D%0Ax-operator:%20root' }],
    ['10 KB', { 'x-reason': 'r'.repeat(10_000) }],
    ['bytes beyond ASCII', { 'x-reason': 'caf\u00E9' }],
  ])('P25 %s is 400', async (_, headers) => {
    const answer = await call('/sagas/x/hold', { method: 'POST', headers: headers as Record<string, string> })
    expect(answer).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^the header x-reason /) as string },
    })
  })
})

describe('C7 P19 watching on workerd without objects', () => {
  test('C7 a stream at one Worker has the steps that another one makes, and then ends', async () => {
    const id = await create()
    const answer = await workers[0].dispatchFetch(`http://edge/sagas/${id}/watch`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    const stream = readStream(answer.body as unknown as ReadableStream<Uint8Array>)
    for (const label of ['validationOK', 'checkOK']) await event(id, label, workers[1])
    await eventually(() => (stream.hasEnded() ? true : undefined))
    expect(namesOf(stream).filter((name) => name !== 'saga')).toEqual(['step 0', 'step 1', 'step 2', 'end'])
  })

  test('C7 all sagas: 501 that says what to do', async () => {
    const { status, body } = await call('/watch')
    expect([status, body['message']]).toEqual([501, expect.stringContaining('/sagas/{sagaId}/watch')])
  })
})
