import { describe, expect, test } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { birth } from '../../testing/contract/build.ts'
import { create, keep, move, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { scene } from './rest-scene.ts'

describe.each(['strong', 'none'] as const)('faults of a service whose tags are: %s', (tags) => {
  test('P6 frozen between its read and its write: the same change again is saved once', async () => {
    const { service, store } = await scene(tags)
    const born = birth()
    service.trouble(undefined, { kind: 'frozen' })
    await expect(save(store, born, 'absent')).rejects.toMatchObject({ code: 'store-unavailable' })
    await move(store, await keep(store, born, 'absent'), 'reserved')
    expect(await labels(store, born.next.id)).toEqual(['orderPlaced', 'reserved'])
  })

  test.each([500, 503, 401, 301, 202, 429])('a status %d is no answer about the saga', async (status) => {
    const { service, store } = await scene(tags)
    const made = await create(store)
    const trouble = { kind: 'status', status } as const
    const no = { code: 'store-unavailable', message: expect.stringContaining(`status ${status}`) }
    service.trouble(trouble)
    await expect(store.load(made.saga.id)).rejects.toMatchObject(no)
    service.trouble(trouble)
    expect(await store.probe()).toEqual({ ok: false, why: no.message })
    service.trouble(...(tags === 'none' ? [undefined] : []), trouble)
    await expect(move(store, made, 'reserved')).rejects.toMatchObject(no)
    await expectStored(store, made)
  })

  test.each([
    '<html>',
    '',
    '[]',
    'null',
    '{"currentState":7}',
    '{"currentState":"open","metadata":{},"history":[]}',
    '{"currentState":"open","metadata":{}}',
    '{"message":"no"}',
  ])('an answer that is not a saga is an error, not an absent saga: %s', async (body) => {
    const { service, store } = await scene(tags)
    const made = await create(store)
    service.trouble({ kind: 'body', body })
    await expect(store.load(made.saga.id)).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  test('P24 413 is too large: nothing is written', async () => {
    const { service, store } = await scene(tags)
    service.trouble(undefined, { kind: 'status', status: 413 })
    const born = birth({ metadata: { text: 'x'.repeat(1_000) } })
    const answer = await save(store, born, 'absent')
    expect(answer).toEqual({ kind: 'too-large', limit: expect.any(Number) })
    expect(answer.kind === 'too-large' && answer.limit).toBeGreaterThan(1_000)
    expect(await store.load(born.next.id)).toBeUndefined()
  })

  test('C2.6 headers are sent and never shown in a message', async () => {
    const { service, store } = await scene(tags)
    service.trouble({ kind: 'status', status: 401 })
    const refused = await store.load('s').catch((thrown: Error) => thrown)
    expect(service.requests.at(-1)?.headers['x-secret']).toBe('hunter2')
    expect(`${(refused as Error).message} ${(await store.probe()) as unknown as string}`).not.toContain('hunter2')
  })

  test('C2.6 a host that repeats the address: no message shows the secrets of its path', async () => {
    const fetch = (url: string) => Promise.reject(new TypeError(`error sending request for url (${url})`))
    const settings = { protocol: 'http', endpoint: 'store', port: 80, method: 'PUT', headers: {} } as const
    const health = await restPersistency({ ...settings, path: '/sagas;hunter2' }, fetch).probe()
    expect(health).toMatchObject({ ok: false, why: expect.stringContaining('error sending request for url') })
    expect(JSON.stringify(health)).not.toContain('hunter2')
  })

  test('C6.1 an id that has no address names no saga', async () => {
    const { service, store } = await scene(tags)
    for (const id of ['', '.', '..', 'half \ud800']) {
      expect(await store.load(id)).toBeUndefined()
      await expect(create(store, { id })).rejects.toMatchObject({ code: 'store-unavailable' })
    }
    expect(service.requests).toEqual([])
  })
})
