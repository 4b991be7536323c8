import { evolve, deadCommand } from '../../src/engine/evolve.ts'
import type { Change } from '../../src/engine/change.ts'
import type { DeadLetter } from '../../src/engine/saga.ts'
import { shortened } from '../../src/engine/shorten.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { amend, NOW } from './build.ts'
import { create, move, save } from './saves.ts'

/** A saga of this store, whose commands become dead letters until the store refuses a whole one. */
export interface FullSaga {
  readonly id: string
  /** The letters that the store has taken, the shortened one last. */
  readonly letters: readonly DeadLetter[]
  /** How often the last change was shortened. */
  readonly cuts: number
}

const MOST_LETTERS = 12

/** Fills a saga with dead letters of so many characters each; the one that does not fit is saved as `Ledger.commit` shortens it. */
export async function buryUntilFull(store: Persistency, characters: number): Promise<FullSaga> {
  let saga = await create(store, { metadata: { text: 'x'.repeat(characters) } })
  for (let count = 0; count < MOST_LETTERS; count++) {
    const debt = saga.saga.owed.at(-1)
    if (debt === undefined) throw new TypeError('bury a command: none is owed')
    const last = { at: NOW, status: 500, answer: 'the till is jammed '.repeat(50) }
    const letter = deadCommand(saga.saga, debt, { why: 'status 500', since: NOW, attempts: 4, last })
    let written = amend(saga.saga, { dead: [letter] })
    let cuts = 0
    for (let saved = await save(store, written, saga.basis); saved.kind === 'too-large';) {
      const shorter: Change | undefined = shortened(written.change, ++cuts)
      if (shorter === undefined) throw new Error(`save a dead letter: it is too large after ${cuts - 1} cuts`)
      written = { change: shorter, next: evolve(saga.saga, shorter) }
      saved = await save(store, written, saga.basis)
    }
    const loaded = await store.load(saga.saga.id)
    if (loaded === undefined) throw new Error('load the saga: it is not there')
    if (cuts > 0) return { id: loaded.saga.id, letters: loaded.saga.deadLetters, cuts }
    saga = await move(store, loaded, { label: 'asked again', payload: { count } })
  }
  throw new Error(`fill a saga: the store takes ${MOST_LETTERS} letters of ${characters} characters`)
}
