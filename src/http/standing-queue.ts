import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

/** Bounds of `StandingQueue`. */
export interface StandingBounds {
  /** A wait is long above this. */
  readonly long: Duration
  /** The queue is over with a wait of at most this. */
  readonly short: Duration
}

/** A queue whose waits are long for so many milliseconds is no burst any more. */
const BURST: Duration = 2_000

/**
 * Tells a standing queue from a burst, by the waits of the requests that leave it, as CoDel does. The waits of a burst are long for a
 * while, and each of its requests is carried out. In a standing queue those with a long wait are refused, until one was short.
 */
export class StandingQueue {
  readonly #runtime: Pick<Runtime, 'monotonic'>
  readonly #bounds: StandingBounds
  #longSince: number | undefined
  #stands = false

  constructor(runtime: Pick<Runtime, 'monotonic'>, bounds: StandingBounds) {
    this.#runtime = runtime
    this.#bounds = bounds
  }

  /** True if a request that has waited so long is to be refused. The host's queue is full where the wait has no end. */
  isTooLong(waited: Duration): boolean {
    const { long, short } = this.#bounds
    if (waited === Number.POSITIVE_INFINITY) return true
    if (waited <= (this.#stands ? short : long)) {
      this.#stands = false
      this.#longSince = undefined
      return false
    }
    const now = this.#runtime.monotonic()
    this.#longSince ??= now
    if (now - this.#longSince >= BURST) this.#stands = true
    return this.#stands && waited > long
  }
}
