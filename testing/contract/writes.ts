import { describe, expect, test } from 'vitest'
import { amend, birth, byAnother, LEASE, NOW, step } from './build.ts'
import { create, keep, move, note, save } from './saves.ts'
import { expectStored, labels, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Every write is conditional on what was read, bookkeeping included (P1, P2). */
export function writes(subject: StoreSubject): void {
  describe('writes', () => {
    test('P2 the basis of a save is good for the next one', () =>
      withStore(subject, async (store) => {
        let saga = await create(store)
        for (const label of ['asked again', 'reserved', 'declined', 'reserved', 'charged']) {
          saga = await move(store, saga, label)
        }
        await expectStored(store, saga)
        expect(saga.saga.length).toBe(6)
      }))

    test('P2 the basis of a load is good for the next save', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const read = await expectStored(store, made)
        await expectStored(store, await move(store, read, 'reserved'))
      }))

    test('P2 I8 a step on an outdated basis is a conflict and writes nothing', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const won = await move(store, made, 'reserved')
        const late = await save(store, step(made.saga, 'waved through'), made.basis)
        expect(late).toEqual({ kind: 'conflict' })
        await expectStored(store, won)
        expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'reserved'])
      }))

    test('P2 bookkeeping on an outdated basis is a conflict, and so is a step after bookkeeping', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const [debt] = made.saga.owed
        const claim = [{ id: debt?.id ?? '', attempts: 0, due: NOW + 2 * LEASE }]
        const claimed = await note(store, made, { tried: claim })
        const late = await save(store, amend(made.saga, { settled: [debt?.id ?? ''] }), made.basis)
        expect(late).toEqual({ kind: 'conflict' })
        expect(await save(store, step(made.saga, 'reserved'), made.basis)).toEqual({ kind: 'conflict' })
        await expectStored(store, claimed)
      }))

    test('P1 bookkeeping adds nothing to the history and leaves the metadata alone', () =>
      withStore(subject, async (store) => {
        const made = await create(store, { metadata: { big: 'x'.repeat(5_000) } })
        const settled = await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
        const again = await note(store, await expectStored(store, settled), {})
        await expectStored(store, again)
        expect(await labels(store, made.saga.id)).toEqual(['orderPlaced'])
      }))

    test('P3 debts add up over steps and are settled one by one', () =>
      withStore(subject, async (store) => {
        const made = await create(store, { metadata: { n: 0 } })
        const second = await move(store, made, { label: 'asked again', payload: { n: 1 } })
        const third = await move(store, second, { label: 'reserved', payload: { n: 2 } })
        const { owed } = (await expectStored(store, third)).saga
        expect(owed.map(({ payload }) => payload)).toEqual([{ n: 0 }, { n: 1 }, undefined])
        const middle = owed[1]?.id ?? ''
        const settled = await note(store, third, { settled: [middle] })
        expect((await expectStored(store, settled)).saga.owed).toEqual([owed[0], owed[2]])
        const carried = await move(store, settled, { label: 'declined', with: { settled: [owed[0]?.id ?? ''] } })
        expect((await expectStored(store, carried)).saga.owed.map(({ label }) => label)).toEqual(['charge', 'reserve'])
      }))

    test('P2 P8 creating what exists is a conflict, by the same event too', () =>
      withStore(subject, async (store) => {
        const first = birth({ metadata: { first: true } })
        const made = await keep(store, first, 'absent')
        expect(await save(store, byAnother(first), 'absent')).toEqual({ kind: 'conflict' })
        const other = birth({ id: made.saga.id, metadata: { first: false } })
        expect(await save(store, other, 'absent')).toEqual({ kind: 'conflict' })
        await expectStored(store, made)
        const moved = await move(store, made, 'reserved')
        expect(await save(store, byAnother(first), 'absent')).toEqual({ kind: 'conflict' })
        await expectStored(store, moved)
      }))

    test('I3 the history is the path that was walked', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const declined = await move(store, await move(store, made, 'reserved'), 'declined')
        const document = await store.document(declined.saga.id)
        expect(document?.history.states.map(({ state }) => state)).toEqual(['open', 'paying', 'open'])
      }))
  })
}
