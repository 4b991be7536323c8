import { describe, expect, test } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { birth, byAnother, step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { fetch, overwrite, scene } from './rest-scene.ts'

describe('tags', () => {
  test('P9 C6.4 one conditional request a step, where the answers of writes are tagged', async () => {
    const { service, store } = await scene()
    let saga = await create(store)
    const before = service.requests.length
    for (let n = 0; n < 10; n++) saga = await move(store, saga, 'asked again')
    const made = service.requests.slice(before)
    expect(made.map(({ method }) => method)).toEqual(Array(10).fill('PUT'))
    expect(made.every(({ headers }) => /^"\d+"$/.test(headers['if-match'] ?? ''))).toBe(true)
  })

  test('P17 a creation reads first, and is conditional on nothing being there', async () => {
    const { service, store } = await scene()
    await create(store)
    expect(service.requests.map(({ method }) => method)).toEqual(['GET', 'PUT'])
    expect(service.requests[1]?.headers['if-none-match']).toBe('*')
  })

  test('P17 a save without a strong tag says that it is unguarded', async () => {
    for (const [tags, isUnguarded] of [
      ['strong', undefined],
      ['on-reads', true],
      ['weak', true],
      ['none', true],
    ] as const) {
      const { store } = await scene(tags)
      expect(await save(store, birth(), 'absent')).toMatchObject({ kind: 'saved', ...(isUnguarded && { isUnguarded }) })
    }
  })

  test('C6.4 a weak tag counts as none and is never sent back', async () => {
    const { service, store } = await scene('weak')
    const made = await create(store)
    await move(store, await expectStored(store, made), 'reserved')
    expect(service.requests.some(({ headers }) => 'if-match' in headers)).toBe(false)
  })

  test('I8 another writer between our read and our write: the tag of the read detects it', async () => {
    const { service, store } = await scene('on-reads')
    const other = restPersistency(service.settings(), fetch)
    const made = await create(store)
    const theirs = step(made.saga, 'waved through')
    const race = new Promise<void>((resolve, reject) => {
      service.trouble(
        { kind: 'meanwhile', run: () => undefined },
        { kind: 'meanwhile', run: () => overwrite(service, theirs) },
      )
      save(store, step(made.saga, 'reserved'), made.basis).then((saved) => {
        expect(saved).toEqual({ kind: 'conflict' })
        resolve()
      }, reject)
    })
    await race
    expect(await labels(other, made.saga.id)).toEqual(['orderPlaced', 'waved through'])
  })

  test('P6 412 without another writer is tried again with the tag of a read', async () => {
    const { service, store } = await scene()
    const made = await create(store)
    service.trouble({ kind: 'status', status: 412 })
    const moved = await move(store, made, 'asked again')
    service.trouble({ kind: 'status', status: 409 }, undefined, { kind: 'status', status: 428 })
    await expectStored(store, await move(store, moved, 'reserved'))
  })

  test('I1 200 without a tag, after tagged answers, may be a gateway’s: the write is read back', async () => {
    const { service, store } = await scene()
    const made = await create(store)
    const moved = step(made.saga, 'reserved')
    const page = { kind: 'body', body: '<!doctype html>' } as const
    service.trouble(page, page)
    await expect(save(store, moved, made.basis)).rejects.toMatchObject({ code: 'store-unavailable' })
    service.trouble(page, undefined, undefined, page, undefined, undefined, page)
    await expect(save(store, moved, made.basis)).rejects.toThrow(
      /PUT .*: status 200, but the saga did not change; does a gateway answer in the place of the service\?$/,
    )
    expect(await labels(store, made.saga.id)).toEqual(['orderPlaced'])
    service.trouble(page)
    expect(await save(store, moved, made.basis)).toMatchObject({ kind: 'saved' })
    expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'reserved'])
  })

  test('P6 a service that never takes a write is an error, not a conflict without end', async () => {
    const { service, store } = await scene()
    const made = await create(store)
    const no = { kind: 'status', status: 412 } as const
    service.trouble(no, undefined, no, undefined, no)
    await expect(move(store, made, 'asked again')).rejects.toThrow('status 412, although no other writer came between')
  })

  test('P2 a step on a removed saga is a conflict', async () => {
    const { service, store } = await scene()
    const made = await create(store)
    service.documents.clear()
    expect(await save(store, step(made.saga, 'reserved'), made.basis)).toEqual({ kind: 'conflict' })
  })

  test('P8 two creations at once: one wins, the other reads it back', async () => {
    const { service, store } = await scene()
    const born = birth()
    const rival = byAnother(born)
    service.trouble(undefined, { kind: 'meanwhile', run: () => overwrite(service, rival) })
    expect(await save(store, born, 'absent')).toEqual({ kind: 'conflict' })
    await expectStored(store, { saga: rival.next })
  })
})
