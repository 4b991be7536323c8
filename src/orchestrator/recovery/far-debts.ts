import type { Duration, SagaId } from '../../engine/saga.ts'

/** Sagas that are remembered; further ones are looked at when some of them are done. */
const MOST = 10_000

/**
 * Sagas whose commands are due later than this process could write them (P23), each with the monotonic instant at which it was seen
 * first: the process that holds its lease by another clock has the length of a lease to come back to it.
 */
export class FarDebts {
  readonly #since = new Map<SagaId, number>()
  #seen = new Set<SagaId>()

  /** True where some of them still have time. */
  get areWaiting(): boolean {
    return this.#since.size > 0
  }

  /** True where the saga was seen as long ago as `patience`. */
  isRipe(id: SagaId, now: number, patience: Duration): boolean {
    this.#seen.add(id)
    const since = this.#since.get(id)
    if (since !== undefined) return now - since >= patience
    if (this.#since.size < MOST) this.#since.set(id, now)
    return false
  }

  /** A look has come to its end: the sagas that it did not see have moved on. */
  ended(): void {
    for (const id of this.#since.keys()) if (!this.#seen.has(id)) this.#since.delete(id)
    this.#seen = new Set()
  }

  clear(): void {
    this.#since.clear()
    this.#seen.clear()
  }
}
