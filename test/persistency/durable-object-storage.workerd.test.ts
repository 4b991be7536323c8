import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { birth, fresh, NOW, step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'

const { STORAGE } = env as unknown as { readonly STORAGE: DurableObjectNamespace }

function inObject(run: (store: Persistency, storage: DurableObjectStorage) => Promise<void>): Promise<void> {
  const stub = STORAGE.get(STORAGE.idFromName(fresh('object')))
  return runInDurableObject(stub, (_, { storage }) => run(durableObjectPersistency(storage), storage))
}

function tables({ sql }: DurableObjectStorage): unknown[] {
  return sql.exec("SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray()
}

describe('the storage of an object', () => {
  test('C4.4 reads of a saga that was never created, and writes that lose, leave no trace', () =>
    inObject(async (store, storage) => {
      await store.load('nobody')
      await store.document('nobody')
      await store.applied('nobody', 'event', 'label')
      expect(await store.probe()).toEqual({ ok: true })
      const saga = birth({ id: 'nobody' }).next
      expect(await save(store, step(saga, 'reserved'), 'basis of one that was removed')).toEqual({ kind: 'conflict' })
      expect(tables(storage)).toEqual([])
      expect(await storage.getAlarm()).toBeNull()
    }))

  test('P24 what is too large leaves no trace either', () =>
    inObject(async (store, storage) => {
      const born = birth({ metadata: { text: 'é'.repeat(1_000_000) } })
      expect((await save(store, born, 'absent')).kind).toBe('too-large')
      expect(tables(storage)).toEqual([])
    }))

  test('P24 the head may be as large as we say, and no larger', () =>
    inObject(async (store) => {
      const made = await create(store, { metadata: { text: 'x'.repeat(1_899_900) } })
      const moved = await move(store, made, 'asked again', { payload: { text: 'y'.repeat(1_000_000) } })
      expect((await save(store, step(moved.saga, 'asked again'), moved.basis)).kind).toBe('too-large')
      expect((await store.load(made.saga.id))?.saga).toEqual(moved.saga)
    }))

  test('P19 rows and alarm are one: what the alarm refuses is not written', () =>
    inObject(async (_, storage) => {
      const { sql } = storage
      const broken = durableObjectPersistency({
        sql,
        transactionSync: (run) => storage.transactionSync(run),
        setAlarm: () => {
          throw new Error('no alarms today')
        },
        deleteAlarm: () => storage.deleteAlarm(),
      })
      await expect(create(broken)).rejects.toMatchObject({ code: 'store-unavailable' })
      expect(tables(storage)).toEqual([])
    }))

  test('P19 a write that loses does not move the alarm', () =>
    inObject(async (store, storage) => {
      const made = await create(store)
      const moved = await move(store, made, 'reserved', { with: { settled: [`${made.saga.id}/0/0`] }, at: NOW + 500 })
      expect(await save(store, step(made.saga, 'asked again', { at: NOW + 9_000 }), made.basis)).toEqual({
        kind: 'conflict',
      })
      expect(await storage.getAlarm()).toBe(moved.saga.due)
    }))

  test('P19 an object holds one saga and takes no other', () =>
    inObject(async (store) => {
      const made = await create(store)
      expect(await store.load('other')).toBeUndefined()
      expect(await store.applied('other', 'key', 'orderPlaced')).toBe(false)
      await expect(create(store)).rejects.toMatchObject({ code: 'store-unusable' })
      expect((await store.load(made.saga.id))?.saga).toEqual(made.saga)
    }))

  test('a version that we do not know is refused, and left as it is', () =>
    inObject(async (store, storage) => {
      const { saga } = await create(store)
      storage.sql.exec('UPDATE version SET number = 99')
      const later = durableObjectPersistency(storage)
      await expect(later.load(saga.id)).rejects.toMatchObject({ code: 'store-unusable' })
      await expect(create(later, { id: saga.id })).rejects.toMatchObject({ code: 'store-unusable' })
      expect(await later.probe()).toEqual({ ok: false, why: expect.stringContaining('found version 99') })
    }))
})
