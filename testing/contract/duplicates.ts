import { describe, expect, test } from 'vitest'
import { birth, fresh, step } from './build.ts'
import { create, keep, move, note, save } from './saves.ts'
import { expectStored, labels, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** One event is applied once; its identity is id and label together (I4, P7). */
export function duplicates(subject: StoreSubject): void {
  describe('duplicates', () => {
    test('I4 P7 the same event in a loop is a duplicate, however late and on every basis', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const once = await move(store, made, { label: 'asked again', id: 'key/1' })
        expect(await save(store, step(once.saga, 'asked again', { id: 'key/1' }), once.basis)).toEqual({
          kind: 'duplicate',
        })
        const noted = await note(store, once, {})
        const later = await move(store, await move(store, noted, 'asked again'), 'asked again')
        expect(await save(store, step(later.saga, 'asked again', { id: 'key/1' }), later.basis)).toEqual({
          kind: 'duplicate',
        })
        expect(await save(store, step(made.saga, 'asked again', { id: 'key/1' }), made.basis)).toEqual({
          kind: 'duplicate',
        })
        await expectStored(store, later)
        expect(await labels(store, made.saga.id)).toHaveLength(4)
      }))

    test('P7 one id on two labels is two events', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const again = await move(store, made, { label: 'asked again', id: 'key/1' })
        const reserved = await move(store, again, { label: 'reserved', id: 'key/1' })
        expect(await labels(store, reserved.saga.id)).toEqual(['orderPlaced', 'asked again', 'reserved'])
      }))

    test('P7 the identity cannot be shifted between id and label', () =>
      withStore(subject, async (store) => {
        const { saga } = await move(store, await create(store), { label: 'asked again', id: 'key' })
        for (const [id, label] of [
          ['keyasked', ' again'],
          ['key/asked', 'again'],
          ['key', 'asked'],
          ['', 'keyasked again'],
        ] as const) {
          expect(await store.applied(saga.id, id, label)).toBe(false)
        }
      }))

    test('P7 the same event of two sagas is two events', () =>
      withStore(subject, async (store) => {
        const [one, other] = [await create(store), await create(store)]
        await move(store, one, { label: 'reserved', id: 'key/1' })
        expect(await store.applied(other.saga.id, 'key/1', 'reserved')).toBe(false)
        await move(store, other, { label: 'reserved', id: 'key/1' })
        expect(await store.applied(other.saga.id, 'key/1', 'reserved')).toBe(true)
      }))

    test('P9 applied knows the creation and every step, at once', () =>
      withStore(subject, async (store) => {
        const born = birth({ eventId: 'key/birth' })
        const made = await keep(store, born, 'absent')
        expect(await store.applied(made.saga.id, 'key/birth', 'orderPlaced')).toBe(true)
        const moved = await move(store, made, { label: 'reserved', id: 'key/2' })
        expect(await store.applied(moved.saga.id, 'key/2', 'reserved')).toBe(true)
        expect(await store.applied(moved.saga.id, 'key/2', 'charged')).toBe(false)
        expect(await store.applied(moved.saga.id, 'key/3', 'reserved')).toBe(false)
        expect(await store.applied(moved.saga.id, 'key/birth', 'orderPlaced')).toBe(true)
      }))

    test('I4 an event that was refused is not in the history', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const lost = fresh('lost')
        await move(store, made, { label: 'asked again', id: 'won' })
        const answer = await save(store, step(made.saga, 'reserved', { id: lost }), made.basis)
        expect(await store.applied(made.saga.id, lost, 'reserved')).toBe(answer.kind === 'saved')
      }))

    test('P7 ids of any spelling stay distinct', () =>
      withStore(subject, async (store) => {
        const ids = [
          '__proto__',
          'constructor',
          '',
          ' ',
          'a',
          'A',
          'ä',
          'a\u0308',
          'a\u0000',
          '%61',
          'kafka/c/t/0/1/2',
          '💥',
          'x'.repeat(500),
        ]
        let saga = await create(store)
        for (const id of ids) saga = await move(store, saga, { label: 'asked again', id })
        for (const id of ids) expect(await store.applied(saga.saga.id, id, 'asked again'), id).toBe(true)
        expect((await store.document(saga.saga.id))?.history.events.map(({ id }) => id).slice(1)).toEqual(ids)
        expect(await store.applied(saga.saga.id, 'toString', 'asked again')).toBe(false)
      }))
  })
}
