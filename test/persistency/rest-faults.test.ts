import { describe, expect, test } from 'vitest'
import type { Loaded } from '../../src/ports/persistency.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { create, keep, move, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { scene } from './rest-scene.ts'

describe.each(['strong', 'none'] as const)('faults of a service whose tags are: %s', (tags) => {
  test.each(['answer-lost', 'request-lost', 'frozen'] as const)(
    'P6 %s: the same change again is saved once',
    async (kind) => {
      const { service, store } = await scene(tags)
      const born = birth()
      service.trouble(undefined, { kind }) // the read, then the write
      await expect(save(store, born, 'absent')).rejects.toMatchObject({ code: 'store-unavailable' })
      const made = await keep(store, born, 'absent')
      const written = step(made.saga, 'asked again')
      service.trouble(...(tags === 'none' ? [undefined] : []), { kind })
      await expect(save(store, written, made.basis)).rejects.toMatchObject({ code: 'store-unavailable' })
      const moved = await keep(store, written, made.basis)
      await move(store, moved, 'reserved')
      expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'asked again', 'reserved'])
    },
  )

  test('P6 lost answer, and somebody else has moved the saga on: a duplicate', async () => {
    const { service, store } = await scene(tags)
    const made = await create(store)
    const written = step(made.saga, 'asked again')
    service.trouble(...(tags === 'none' ? [undefined] : []), { kind: 'answer-lost' })
    await expect(save(store, written, made.basis)).rejects.toThrow()
    await move(store, (await store.load(made.saga.id)) as Loaded, 'reserved')
    expect(await save(store, written, made.basis)).toEqual({ kind: 'duplicate' })
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
  ])('what is no saga is none, and not "unknown": %s', async (body) => {
    const { service, store } = await scene(tags)
    const made = await create(store)
    service.trouble({ kind: 'body', body })
    await expect(store.load(made.saga.id)).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  test('P24 a service that takes no more says 413, and nothing is written', async () => {
    const { service, store } = await scene(tags)
    service.trouble(undefined, { kind: 'status', status: 413 })
    const born = birth({ metadata: { text: 'x'.repeat(1_000) } })
    const answer = await save(store, born, 'absent')
    expect(answer).toEqual({ kind: 'too-large', limit: expect.any(Number) })
    expect(answer.kind === 'too-large' && answer.limit).toBeGreaterThan(1_000)
    expect(await store.load(born.next.id)).toBeUndefined()
  })

  test('C2.6 headers go out, and never into a message', async () => {
    const { service, store } = await scene(tags)
    service.trouble({ kind: 'status', status: 401 })
    const refused = await store.load('s').catch((thrown: Error) => thrown)
    expect(service.requests.at(-1)?.headers['x-secret']).toBe('hunter2')
    expect(`${(refused as Error).message} ${(await store.probe()) as unknown as string}`).not.toContain('hunter2')
  })

  test('C6.1 an id that has no address names no saga', async () => {
    const { service, store } = await scene(tags)
    for (const id of ['', '.', '..', 'half \ud800']) {
      expect(await store.load(id)).toBeUndefined()
      await expect(create(store, { id })).rejects.toMatchObject({ code: 'store-unavailable' })
    }
    expect(service.requests).toEqual([])
  })

  test('nobody there: a read, a write and a probe say so', async () => {
    const { service, store } = await scene(tags)
    const made = await create(store)
    await service.close()
    await expect(store.load(made.saga.id)).rejects.toMatchObject({ code: 'store-unavailable' })
    await expect(move(store, made, 'reserved')).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(await store.probe()).toMatchObject({ ok: false, why: expect.stringContaining('127.0.0.1') })
  })
})
