import { describe, expect, test } from 'vitest'
import type { Loaded, Saved } from '../../src/ports/persistency.ts'
import { amend, birth, step } from './build.ts'
import { create, move, save } from './saves.ts'
import { expectStored, isGuarded, labels, withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

const WRITERS = 50
const ROUNDS = 5

/** Of many writers exactly one wins, and the others get `conflict` (I8). */
export function races(subject: StoreSubject): void {
  describe('races', () => {
    test(`I8 of ${WRITERS} steps on one basis exactly one wins, in every round`, { timeout: 60_000 }, () =>
      withStore(subject, async (store) => {
        let saga = await create(store)
        for (let round = 0; round < ROUNDS; round++) {
          const steps = Array.from({ length: WRITERS }, (_, writer) =>
            step(saga.saga, 'asked again', { payload: { writer } }),
          )
          const answers = await Promise.all(steps.map((written) => save(store, written, saga.basis)))
          if (!isGuarded(subject)) return void expect(winners(answers).length, subject.gaps?.rivals).toBeGreaterThan(1)
          saga = { saga: steps[theWinner(answers)]?.next ?? saga.saga, basis: basisOf(answers) }
          await expectStored(store, saga)
        }
        expect(await labels(store, saga.saga.id)).toHaveLength(1 + ROUNDS)
      }),
    )

    test(`P8 of ${WRITERS} creations of one saga exactly one wins`, () =>
      withStore(subject, async (store) => {
        const id = birth().next.id
        const births = Array.from({ length: WRITERS }, (_, writer) =>
          birth({ id, eventId: 'key/1', metadata: { writer } }),
        )
        const answers = await Promise.all(births.map((written) => save(store, written, 'absent')))
        if (!isGuarded(subject)) return void expect(winners(answers).length, subject.gaps?.rivals).toBeGreaterThan(1)
        const won = births[theWinner(answers)]
        expect((await store.load(id))?.saga).toEqual(won?.next)
        expect(await labels(store, id)).toEqual(['orderPlaced'])
      }))

    test('P2 a step and bookkeeping race like two steps', () =>
      withStore(subject, async (store) => {
        const { saga, basis } = await create(store)
        const settled = saga.owed.map(({ id }) => id)
        const all = Array.from({ length: 20 }, (_, at) => (at % 2 ? step(saga, 'reserved') : amend(saga, { settled })))
        const answers = await Promise.all(all.map((written) => save(store, written, basis)))
        if (!isGuarded(subject)) return void expect(winners(answers).length, subject.gaps?.rivals).toBeGreaterThan(1)
        expect((await store.load(saga.id))?.saga).toEqual(all[theWinner(answers)]?.next)
      }))

    test('I5 many sagas are created and moved at once without blocking each other', { timeout: 60_000 }, () =>
      withStore(subject, async (store) => {
        const made = await Promise.all(Array.from({ length: 600 }, (_, n) => create(store, { metadata: { n } })))
        const moved = await Promise.all(made.map((saga) => move(store, saga, 'reserved')))
        const stored = await Promise.all(moved.map(({ saga }) => store.load(saga.id)))
        expect(stored.map((loaded) => loaded?.saga)).toEqual(moved.map(({ saga }) => saga))
      }),
    )

    test('P20 each save of a group has its own verdict', () =>
      withStore(subject, async (store) => {
        const [one, other, third] = await Promise.all([create(store), create(store), create(store)])
        const stale = await save(store, step(one.saga, 'reserved'), one.basis)
        const repeated = step(other.saga, 'asked again', { id: 'same' })
        const other2 = await move(store, other, { label: 'asked again', id: 'same' })
        const answers = await Promise.all([
          save(store, step(one.saga, 'waved through'), one.basis),
          save(store, step(third.saga, 'reserved'), third.basis),
          save(store, repeated, other2.basis),
          create(store).then((): Saved => ({ kind: 'saved', basis: '' })),
        ])
        const kinds = answers.map(({ kind }) => kind)
        expect(stale.kind).toBe('saved')
        expect(kinds).toEqual(['conflict', 'saved', 'duplicate', 'saved'])
      }))
  })
}

function winners(answers: readonly Saved[]): number[] {
  return answers.flatMap(({ kind }, place) => (kind === 'saved' ? [place] : []))
}

/** All but one got `conflict`. */
function theWinner(answers: readonly Saved[]): number {
  const lost = answers.filter(({ kind }) => kind === 'conflict')
  expect([winners(answers).length, lost.length]).toEqual([1, answers.length - 1])
  return winners(answers)[0] ?? -1
}

function basisOf(answers: readonly Saved[]): Loaded['basis'] {
  const won = answers.find((answer) => answer.kind === 'saved')
  return won?.basis ?? ''
}
