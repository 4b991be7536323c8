import { describe, expect, test } from 'vitest'
import type { Instant } from '../../src/engine/saga.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { NOW } from './build.ts'
import { create, move, note } from './saves.ts'
import { expectStored, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Retention removes final sagas that owe nothing, and no other (P8 holds while a saga is kept). */
export function removal(subject: StoreSubject): void {
  describe('removal', () => {
    test('I2 only final, old sagas that owe nothing are removed', () =>
      removing(subject, async (store, removeFinal) => {
        const old = await final(store, NOW)
        const open = await create(store, { at: NOW })
        const young = await final(store, NOW + 10_000)
        expect(await removeFinal(NOW + 5_000, 10)).toBe(1)
        expect(await store.load(old.saga.id)).toBeUndefined()
        expect(await store.document(old.saga.id)).toBeUndefined()
        for (const kept of [open, young]) await expectStored(store, kept)
        expect(await removeFinal(NOW + 5_000, 10)).toBe(0)
      }))

    test('I2 a final saga that owes a command is kept', () =>
      removing(subject, async (store, removeFinal) => {
        const owing = await move(store, await move(store, await create(store, { at: NOW }), 'reserved'), 'charged')
        expect(owing.saga.isFinal && owing.saga.owed.length > 0).toBe(true)
        expect(await removeFinal(NOW + 60_000, 10)).toBe(0)
        await expectStored(store, owing)
      }))

    test('I2 P26 a final saga that is held while it owes a command is kept', () =>
      removing(subject, async (store, removeFinal) => {
        const owing = await move(store, await move(store, await create(store, { at: NOW }), 'reserved'), 'charged')
        const held = await note(store, owing, { hold: { since: NOW } })
        expect(held.saga).toMatchObject({ isFinal: true, due: undefined })
        expect(held.saga.owed.length).toBeGreaterThan(0)
        expect(await removeFinal(NOW + 60_000, 10)).toBe(0)
        await expectStored(store, held)
        const free = await note(store, held, { hold: null, settled: held.saga.owed.map(({ id }) => id) })
        expect(await removeFinal(free.saga.updatedAt + 1, 10)).toBe(1)
      }))

    test('C4.5 a saga that has left a final state is kept', () =>
      removing(subject, async (store, removeFinal) => {
        const reopened = await move(store, await final(store, NOW), 'reopened')
        const silent = await note(store, reopened, { settled: reopened.saga.owed.map(({ id }) => id) })
        expect(silent.saga).toMatchObject({ isFinal: false, due: undefined })
        expect(await removeFinal(NOW + 60_000, 10)).toBe(0)
        await expectStored(store, silent)
      }))

    test('at most the limit is removed, and a removed id may be used again', () =>
      removing(subject, async (store, removeFinal) => {
        const sagas = [await final(store, NOW), await final(store, NOW), await final(store, NOW)]
        expect(await removeFinal(NOW + 5_000, 2)).toBe(2)
        expect(await removeFinal(NOW + 5_000, 2)).toBe(1)
        const again = await create(store, { id: sagas[0]?.saga.id ?? '' })
        await expectStored(store, await move(store, again, 'reserved'))
      }))
  })
}

async function final(store: Persistency, at: Instant): Promise<Loaded> {
  const done = await move(store, await move(store, await create(store, { at }), 'reserved'), 'charged')
  return note(store, done, { settled: done.saga.owed.map(({ id }) => id) })
}

type RemoveFinal = (before: Instant, limit: number) => Promise<number>

/** A store that cannot remove must say so. */
function removing(
  subject: StoreSubject,
  run: (store: Persistency, remove: RemoveFinal) => Promise<void>,
): Promise<void> {
  return withStore(subject, async (store) => {
    const { removal } = store.can
    if (removal === false) return void expect(store.can).toHaveProperty('removal', false)
    return run(store, (before, limit) => removal.removeFinal(before, limit))
  })
}
