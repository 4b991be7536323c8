import { expect } from 'vitest'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { birth, step } from '../build.ts'
import type { FaultSubject } from './link.ts'
import { insistSaved, troubled } from './stage.ts'

const WALKERS = 8
const RESTARTS = 3
/** Steps of each saga between two restarts. */
const STRIDE = 5

/** The server is killed again and again during writes: every acknowledged step is stored, once. */
export function restart(subject: FaultSubject): void {
  troubled(
    subject,
    { kind: 'restarted', title: 'I1 P6 restarts in the middle: no acknowledged step is lost, none is applied twice' },
    async (scene) => {
      const { store, line, isBack } = scene
      const walkers = Array.from({ length: WALKERS }, () => new Walker(store))
      const walks = walkers.map((walker) => walker.walk())
      for (let time = 1; time <= RESTARTS; time++) {
        await progress(walkers, walks)
        await line.restart()
      }
      await progress(walkers, walks)
      for (const walker of walkers) walker.isToEnd = true
      await Promise.all(walks)
      await isBack()
      for (const { ids, id } of walkers) {
        const document = await store.document(id)
        expect(document?.history.events.map((event) => event.id)).toEqual(ids)
        expect((await store.load(id))?.saga.length).toBe(ids.length)
      }
    },
  )
}

/** Moves one saga as the ledger does: the same change until its fate is known (P6). */
class Walker {
  readonly ids: string[] = []
  id = ''
  isToEnd = false
  readonly #store: Persistency

  constructor(store: Persistency) {
    this.#store = store
  }

  async walk(): Promise<void> {
    const born = birth()
    this.id = born.next.id
    let last = await insistSaved(this.#store, born, 'absent')
    this.#note(born.change.step?.event.id)
    while (!this.isToEnd) {
      // The next step settles what was sent, so that heads stay small.
      const settled = last.saga.owed.map(({ id }) => id)
      const moved = step(last.saga, 'asked again', { with: { settled } })
      last = await insistSaved(this.#store, moved, last.basis)
      this.#note(moved.change.step?.event.id)
    }
  }

  #note(id = ''): void {
    this.ids.push(id)
  }
}

/** Resolves when all have moved on; rejects where one of them failed. */
async function progress(walkers: readonly Walker[], walks: readonly Promise<void>[]): Promise<void> {
  const begun = walkers.map(({ ids }) => ids.length)
  const isOn = () => walkers.every(({ ids }, at) => ids.length >= (begun[at] ?? 0) + STRIDE)
  await Promise.race([expect.poll(isOn, { timeout: 30_000, interval: 10 }).toBe(true), ...walks])
}
