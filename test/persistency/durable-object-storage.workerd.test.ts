import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import type { ObjectPersistency } from '../../adapters/persistency/durable-object/object-persistency.ts'
import type { Loaded } from '../../src/ports/persistency.ts'
import { birth, fresh, NOW, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { buryUntilFull } from '../../testing/contract/full-of-letters.ts'

const { STORAGE } = env as unknown as { readonly STORAGE: DurableObjectNamespace }

function inObject(run: (store: ObjectPersistency, storage: DurableObjectStorage) => Promise<void>): Promise<void> {
  const stub = STORAGE.get(STORAGE.idFromName(fresh('object')))
  return runInDurableObject(stub, (_, { storage }) => run(durableObjectPersistency(storage), storage))
}

/** The same storage as a restarted process finds it; none of its alarms rings. */
function watched(storage: DurableObjectStorage, alarms: number[]): ObjectPersistency {
  return durableObjectPersistency({
    sql: storage.sql,
    transactionSync: (run) => storage.transactionSync(run),
    setAlarm: async (at) => void alarms.push(at),
    deleteAlarm: async () => undefined,
  })
}

function tables({ sql }: DurableObjectStorage): unknown[] {
  return sql.exec("SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray()
}

describe('the storage of an object', () => {
  test('C4.4 reads of a saga that was never created and refused writes store nothing', () =>
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

  test('P24 a save that is too large stores nothing', () =>
    inObject(async (store, storage) => {
      const born = birth({ metadata: { text: 'é'.repeat(1_000_000) } })
      expect((await save(store, born, 'absent')).kind).toBe('too-large')
      expect(tables(storage)).toEqual([])
    }))

  test('P24 a head may be as large as the limit, and no larger', () =>
    inObject(async (store) => {
      const made = await create(store, { metadata: { text: 'x'.repeat(1_899_900) } })
      const moved = await move(store, made, { label: 'asked again', payload: { text: 'y'.repeat(1_000_000) } })
      expect((await save(store, step(moved.saga, 'asked again'), moved.basis)).kind).toBe('too-large')
      expect((await store.load(made.saga.id))?.saga).toEqual(moved.saga)
    }))

  test('P15 P24 a dead letter that does not fit is kept without its message', () =>
    inObject(async (store) => {
      const full = await buryUntilFull(store, 1_200_000)
      expect(full).toMatchObject({ cuts: 2, letters: [{ why: 'status 500' }, { lost: 'payload', payload: {} }] })
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
      const moved = await move(store, made, {
        label: 'reserved',
        with: { settled: [`${made.saga.id}/0/0`] },
        at: NOW + 500,
      })
      expect(await save(store, step(made.saga, 'asked again', { at: NOW + 9_000 }), made.basis)).toEqual({
        kind: 'conflict',
      })
      expect(await storage.getAlarm()).toBe(moved.saga.due)
    }))

  test('P12 an object that was started again takes every debt as due, and asks for its alarm at once', () =>
    inObject(async (store, storage) => {
      const { saga, basis } = await create(store, { metadata: { order: 7 } })
      expect((await store.load(saga.id))?.saga).toEqual(saga)
      const alarms: number[] = []
      const again = watched(storage, alarms)
      const released = { ...saga, owed: saga.owed.map((debt) => ({ ...debt, due: 0 })), due: 0 }
      expect(await again.load(saga.id)).toEqual({ saga: released, basis })
      expect((await again.load(saga.id))?.saga).toEqual(released)
      expect(alarms).toEqual([1])
      const tried = released.owed.map(({ id }) => ({ id, attempts: 0, due: NOW + 9_000 }))
      const { saga: claimed } = await note(again, { saga: released, basis }, { tried })
      expect((await again.load(saga.id))?.saga).toEqual(claimed)
      expect(alarms).toEqual([1, NOW + 9_000])
    }))

  test('P12 the first read wakes owed commands; the document still shows what is stored', () =>
    inObject(async (store, storage) => {
      const { saga } = await create(store)
      const alarms: number[] = []
      const again = watched(storage, alarms)
      expect(await again.document(saga.id)).toEqual(await store.document(saga.id))
      expect(alarms).toEqual([1])
    }))

  test('P12 a step on an inherited head keeps the old debts due, and its own lease', () =>
    inObject(async (store, storage) => {
      const { saga } = await create(store)
      const again = watched(storage, [])
      const moved = await move(again, (await again.load(saga.id)) as Loaded, 'reserved')
      expect(moved.saga.owed.map(({ due }) => due)).toEqual([0, expect.toSatisfy((due) => due > NOW)])
      expect(moved.saga.due).toBe(0)
    }))

  test('P12 nothing is written for a saga that owes nothing', () =>
    inObject(async (store, storage) => {
      const made = await create(store, { timer: { step: 0, deadline: NOW + 5, resends: 0 } })
      const { saga, basis } = await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
      const alarms: number[] = []
      const again = watched(storage, alarms)
      expect(await again.load(saga.id)).toEqual({ saga, basis })
      expect(await again.document(saga.id)).toBeDefined()
      expect(alarms).toEqual([])
    }))

  test('P19 the alarm is set to the saga’s due', () =>
    inObject(async (store, storage) => {
      expect(await store.hostedSaga()).toBeUndefined()
      await store.arm(NOW, NOW + 1_000)
      expect(await storage.getAlarm()).toBeNull()
      const made = await create(store)
      expect(await store.hostedSaga()).toBe(made.saga.id)
      const due = made.saga.due ?? 0
      await storage.setAlarm(NOW + 99_000)
      await store.arm(due - 1, due + 1_000)
      expect(await storage.getAlarm()).toBe(due)
      await store.arm(due, due + 1_000)
      expect(await storage.getAlarm()).toBe(due + 1_000)
      await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
      await storage.setAlarm(NOW + 99_000)
      await store.arm(NOW, NOW + 1_000)
      expect(await storage.getAlarm()).toBeNull()
    }))

  test('P19 an object holds one saga and takes no other', () =>
    inObject(async (store) => {
      const made = await create(store)
      expect(await store.load('other')).toBeUndefined()
      expect(await store.applied('other', 'key', 'orderPlaced')).toBe(false)
      await expect(create(store)).rejects.toMatchObject({ code: 'store-unusable' })
      expect((await store.load(made.saga.id))?.saga).toEqual(made.saga)
    }))

  test('an unknown version is refused and left as it is', () =>
    inObject(async (store, storage) => {
      const { saga } = await create(store)
      storage.sql.exec('UPDATE version SET number = 99')
      const later = durableObjectPersistency(storage)
      await expect(later.load(saga.id)).rejects.toMatchObject({ code: 'store-unusable' })
      await expect(create(later, { id: saga.id })).rejects.toMatchObject({ code: 'store-unusable' })
      expect(await later.probe()).toEqual({ ok: false, why: expect.stringContaining('found version 99') })
    }))
})
