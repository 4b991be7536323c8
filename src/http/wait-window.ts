import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

/** Milliseconds that are looked at together. */
const WINDOW: Duration = 250
/** A wait is long from here on. */
const LONG: Duration = 1_000

/**
 * The shortest wait of the requests that were answered lately. If even that one is long, all wait in one queue; a slow saga, channel
 * or store call alone does not make it long, since others are answered meanwhile.
 */
export class WaitWindow {
  readonly #runtime: Pick<Runtime, 'monotonic'>
  #since = 0
  #shortest = Number.POSITIVE_INFINITY
  /** Of the window before. */
  #before = 0

  constructor(runtime: Pick<Runtime, 'monotonic'>) {
    this.#runtime = runtime
  }

  /** Requests begin to wait for each other: what was before says nothing about them. */
  begin(): void {
    this.#since = this.#runtime.monotonic()
    this.#shortest = Number.POSITIVE_INFINITY
    this.#before = 0
  }

  /** True if the shortest wait is long, or no request was answered for so long. */
  get isLong(): boolean {
    const now = this.#runtime.monotonic()
    this.#turn(now)
    const hasAnswer = this.#shortest < Number.POSITIVE_INFINITY
    if (hasAnswer && this.#shortest <= LONG) return false
    return this.#before > LONG || (!hasAnswer && now - this.#since > LONG)
  }

  /** A request that began at `began` (monotonic) was answered. */
  ended(began: number): void {
    const now = this.#runtime.monotonic()
    this.#turn(now)
    this.#shortest = Math.min(this.#shortest, now - began)
  }

  /** Begins a new window where there was an answer in the one that is over; without one the window goes on. */
  #turn(now: number): void {
    if (now - this.#since < WINDOW || this.#shortest === Number.POSITIVE_INFINITY) return
    this.#before = this.#shortest
    this.#shortest = Number.POSITIVE_INFINITY
    this.#since = now
  }
}
