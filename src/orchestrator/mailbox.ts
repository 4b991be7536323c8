import type { SagaId } from '../engine/saga.ts'

/**
 * One saga's work one after the other, in the order it came; different sagas never wait for each other (C4.6, I5).
 * Nothing that waits for a participant may run in here (P13).
 */
export class Mailbox {
  readonly #tails = new Map<SagaId, Promise<void>>()

  /** Runs `work` after everything that was put in for this saga before. A failure is its own caller's affair. */
  run<T>(id: SagaId, work: () => Promise<T>): Promise<T> {
    // Even the first one waits a moment: what it puts in for its own saga before it first waits must find a tail.
    const turn = (this.#tails.get(id) ?? FREE).then(work)
    const tail = turn.then(nothing, nothing).then(() => {
      if (this.#tails.get(id) === tail) this.#tails.delete(id)
    })
    this.#tails.set(id, tail)
    return turn
  }

  isBusy(id: SagaId): boolean {
    return this.#tails.has(id)
  }

  /** Sagas that somebody is working on. */
  get size(): number {
    return this.#tails.size
  }
}

const FREE = Promise.resolve()
const nothing = (): void => undefined
