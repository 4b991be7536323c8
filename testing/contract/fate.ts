import { describe, expect, test } from 'vitest'
import type { Basis, Persistency, Saved } from '../../src/ports/persistency.ts'
import { amend, birth, step } from './build.ts'
import type { PreparedSave } from './build.ts'
import { create, keep, move, save } from './saves.ts'
import { expectStored, labels, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Where the link breaks: before the request, or before the answer. */
const LOST = ['request', 'answer'] as const

/** The same change again, after a save that threw, gets the right answer (P6). */
export function fate(subject: StoreSubject): void {
  describe.each(LOST)('unknown fate, the %s is lost', (lost) => {
    test('P6 a creation is repeated', () =>
      withStore(subject, async (store) => {
        const born = birth({ metadata: { n: 1 } })
        const made = await insist(store, lost, { written: born, basis: 'absent' })
        await expectStored(store, { saga: born.next })
        await expectStored(store, await move(store, { saga: born.next, basis: made }, 'reserved'))
        expect(await labels(store, born.next.id)).toEqual(['orderPlaced', 'reserved'])
      }))

    test('P6 a step is repeated, and its event is in the history once', () =>
      withStore(subject, async (store) => {
        const { saga, basis } = await create(store)
        const written = step(saga, 'asked again')
        const next = await insist(store, lost, { written, basis })
        await expectStored(store, { saga: written.next })
        await move(store, { saga: written.next, basis: next }, 'reserved')
        expect(await labels(store, saga.id)).toEqual(['orderPlaced', 'asked again', 'reserved'])
      }))

    test('P6 bookkeeping is repeated', () =>
      withStore(subject, async (store) => {
        const { saga, basis } = await create(store)
        const written = amend(saga, { settled: saga.owed.map(({ id }) => id) })
        const next = await insist(store, lost, { written, basis })
        await move(store, await expectStored(store, { saga: written.next }), 'reserved')
        expect(next).toBeDefined()
      }))
  })

  describe('unknown fate, the saga has moved on', () => {
    test('P6 a repeated step is a duplicate and changes nothing', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const written = step(made.saga, 'asked again')
        const second = await keep(store, written, made.basis)
        const third = await move(store, second, 'asked again')
        expect(await save(store, written, made.basis)).toEqual({ kind: 'duplicate' })
        await expectStored(store, third)
        expect(await labels(store, made.saga.id)).toHaveLength(3)
      }))

    test('P6 the same where only bookkeeping came after', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const written = step(made.saga, 'asked again')
        const second = await keep(store, written, made.basis)
        const noted = await keep(store, amend(second.saga, {}), second.basis)
        expect(await save(store, written, made.basis)).toEqual({ kind: 'duplicate' })
        await expectStored(store, noted)
      }))

    test('P6 a repeated creation by its own writer is a duplicate', () =>
      withStore(subject, async (store) => {
        const born = birth()
        const moved = await move(store, await keep(store, born, 'absent'), 'reserved')
        expect(await save(store, born, 'absent')).toEqual({ kind: 'duplicate' })
        await expectStored(store, moved)
      }))

    test('P6 repeated bookkeeping is a conflict: its writer reads again', () =>
      withStore(subject, async (store) => {
        const made = await create(store)
        const written = amend(made.saga, { settled: made.saga.owed.map(({ id }) => id) })
        const moved = await move(store, await keep(store, written, made.basis), 'reserved')
        const late = await save(store, written, made.basis)
        expect(late).toEqual({ kind: 'conflict' })
        await expectStored(store, moved)
      }))
  })
}

interface Given {
  readonly written: PreparedSave
  readonly basis: Basis | 'absent'
}

/** Saves over a link that breaks once, then again over a sound one (P6): the basis of the second answer. */
async function insist(store: Persistency, lost: (typeof LOST)[number], given: Given): Promise<Basis> {
  await expect(overBadLine(store, lost, given)).rejects.toThrow('line broke')
  return (await keep(store, given.written, given.basis)).basis
}

async function overBadLine(store: Persistency, lost: (typeof LOST)[number], { written, basis }: Given): Promise<Saved> {
  if (lost === 'answer') await save(store, written, basis)
  throw new Error('the line broke')
}
