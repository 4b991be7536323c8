import { evictDurableObject, runDurableObjectAlarm, runInDurableObject, SELF } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Sagas } from '../../workers/workerd.ts'
import { ProcessRecords } from '../../src/orchestrator/operators/process-records.ts'
import { boundService } from '../../workers/edge/bound-service.ts'
import type { Bindings } from '../../workers/edge/bound-service.ts'
import { applyPauses, EdgePauses } from '../../workers/edge/edge-pauses.ts'
import { ObjectRecords } from '../../adapters/persistency/durable-object/object-records.ts'

const { SAGAS } = env as unknown as { readonly SAGAS: DurableObjectNamespace<Sagas> }
const BY = { 'x-reason': 'the%20shop%20is%20away', 'x-operator': 'zoe' }
const sent: string[] = []

vi.stubGlobal('fetch', async (_url: string, request: { headers: Record<string, string> }) => {
  sent.push(request.headers['idempotency-key'] ?? '')
  return new Response(null, { status: 204 })
})

afterEach(async () => {
  for (const { id } of (await channels()).items) await change(id, 'resume')
  sent.length = 0
})

describe('pauses with an object for each saga', () => {
  test('P25 P28 a paused channel gets nothing, by requests and by alarms, until it is resumed', async () => {
    const [{ id: channel } = expect.unreachable()] = (await channels()).items
    expect(await change(channel, 'pause')).toMatchObject({
      id: channel,
      isPaused: true,
      pausedBy: 'zoe',
      reason: 'the shop is away',
      kept: true,
    })
    const { sagaId: saga } = await post<{ sagaId: string }>('/saga', { associatedEntityId: 'a', metadata: {} })
    const object = SAGAS.getByName(saga)
    await evictDurableObject(object)
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(sent).toEqual([])
    expect(await read(saga)).toMatchObject({ owed: [{ channel }] })
    expect(await change(channel, 'resume')).toMatchObject({ id: channel, isPaused: false, kept: true })
    // The object's isolate looks at the pauses every two seconds.
    const mended = async () => {
      await runDurableObjectAlarm(object)
      expect(await read(saga)).not.toHaveProperty('owed')
    }
    await vi.waitFor(mended, { timeout: 10_000, interval: 200 })
    expect(sent).toEqual([`${saga}/0/0`])
  })

  test('P25 a saga that was paused goes on with its next event, once the channel is resumed', async () => {
    const [{ id: channel } = expect.unreachable()] = (await channels()).items
    await change(channel, 'pause')
    const { sagaId: saga } = await post<{ sagaId: string }>('/saga', { associatedEntityId: 'a', metadata: {} })
    await change(channel, 'resume')
    await post('/event', { key: saga, value: { messageLabel: 'validationOK', messagePayload: {} } })
    expect(await runDurableObjectAlarm(SAGAS.getByName(saga))).toBe(true)
    await vi.waitFor(() => expect(sent).toEqual([`${saga}/0/0`, `${saga}/1/0`]))
  })

  test('C7 an unknown channel is 404, and bulk operations are 501: objects cannot be listed', async () => {
    const unknown = await SELF.fetch('http://batuta.test/channels/nowhere/pause', { method: 'POST', headers: BY })
    expect(unknown.status).toBe(404)
    expect((await SELF.fetch('http://batuta.test/operations')).status).toBe(501)
  })
})

test('P28 an isolate that was not there in a pause knows when it ended, and tells it to each orchestrator', async () => {
  const service = await boundService(env as unknown as Bindings)
  const [{ id: channel } = expect.unreachable()] = (await channels()).items
  const records = new ProcessRecords()
  const { pauses } = new EdgePauses(service, records)
  await pauses.pause(channel, { operator: 'zoe', reason: 'the shop is away' })
  await pauses.resume(channel, { operator: 'zoe', reason: 'it is back' })
  const known = await new EdgePauses(service, records).known()
  const [key = ''] = await records.keys('', 9)
  const end = Number(key.split('/').at(-1))
  expect(known).toMatchObject({ paused: [], ends: new Map([[channel, end]]) })
  const resumed: unknown[] = []
  const orchestrator = { pause: () => true, resume: (...given: unknown[]) => resumed.push(given) > 0 }
  applyPauses(orchestrator, known, new Set())
  expect(resumed).toEqual([[channel, end]])
})

test('P25 records in an object: conditional writes, keys in their order, pages', async () => {
  await runInDurableObject(SAGAS.getByName('records'), async (_, { storage }) => {
    const records = new ObjectRecords(storage)
    const first = await records.write('a/1', 'one', 'absent')
    expect(await records.write('a/1', 'two', 'absent')).toBeUndefined()
    const second = await records.write('a/1', 'two', first?.version ?? '')
    expect(await records.write('a/1', 'three', first?.version ?? '')).toBeUndefined()
    expect(await records.read('a/1')).toEqual({ text: 'two', version: second?.version })
    for (const key of ['a/3', 'a/2', 'b/1']) await records.write(key, key, 'absent')
    expect(await records.keys('a/', 2)).toEqual(['a/1', 'a/2'])
    expect(await records.keys('a/', 2, 'a/2')).toEqual(['a/3'])
    expect(await records.keys('b/', 9, 'a/2')).toEqual(['b/1'])
    await records.remove('a/1')
    expect([await records.read('a/1'), await records.keys('', 9)]).toEqual([undefined, ['a/2', 'a/3', 'b/1']])
    await expect(records.write('big', 'x'.repeat(60_000), 'absent')).rejects.toThrow(RangeError)
  })
})

async function channels(): Promise<{ items: { id: string }[]; kept: boolean }> {
  return (await SELF.fetch('http://batuta.test/channels')).json()
}

async function change(channel: string, action: 'pause' | 'resume'): Promise<unknown> {
  const url = `http://batuta.test/channels/${channel}/${action}`
  return (await SELF.fetch(url, { method: 'POST', headers: BY })).json()
}

async function post<T>(path: string, body: object): Promise<T> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await SELF.fetch(`http://batuta.test${path}`, init)
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

async function read(saga: string): Promise<object> {
  return (await SELF.fetch(`http://batuta.test/sagas/${saga}`)).json()
}
