import type { SagaId } from '../engine/saga.ts'

/**
 * Runs the work of one saga in the order in which it came, one piece at a time; sagas do not wait for each other (C4.6, I5).
 * Work must not wait for a participant: its event would wait for the mailbox (P13).
 */
export class Mailbox {
  readonly #tails = new Map<SagaId, Promise<void>>()

  /**
   * Runs `work` after all earlier work of this saga, whether that succeeded or threw. Later work waits for `rest` of its result too,
   * the caller does not (P30); `rest` must not reject.
   */
  run<T>(id: SagaId, work: () => Promise<T>, rest: (done: T) => Promise<void> | void = nothing): Promise<T> {
    // The first work waits for a microtask too: work that it puts into its own mailbox at once must find a tail.
    const turn = (this.#tails.get(id) ?? FREE).then(work)
    const tail = turn.then(rest, nothing).then(() => {
      if (this.#tails.get(id) === tail) this.#tails.delete(id)
    })
    this.#tails.set(id, tail)
    return turn
  }

  /** Resolves when all work that is known now has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values())
  }

  isBusy(id: SagaId): boolean {
    return this.#tails.has(id)
  }

  /** Number of busy sagas. */
  get size(): number {
    return this.#tails.size
  }
}

const FREE = Promise.resolve()
const nothing = (): void => undefined
