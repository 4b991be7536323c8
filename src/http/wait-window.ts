import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

/** Milliseconds that are looked at together. */
const WINDOW: Duration = 250

/**
 * The shortest wait of the requests that were answered lately, and their number. If even the shortest wait is long, all wait in one
 * queue; a slow saga, channel or store call alone does not make it long, since others are answered meanwhile.
 */
export class WaitWindow {
  readonly #runtime: Pick<Runtime, 'monotonic'>
  #since = 0
  #answers = 0
  #shortest = Number.POSITIVE_INFINITY
  /** Of the window before. */
  #before = { shortest: 0, rate: Number.POSITIVE_INFINITY }

  constructor(runtime: Pick<Runtime, 'monotonic'>) {
    this.#runtime = runtime
  }

  /** Requests begin to wait for each other: what was before says nothing about them. */
  begin(): void {
    this.#before = { shortest: 0, rate: Number.POSITIVE_INFINITY }
    this.#open(this.#runtime.monotonic())
  }

  /** True if the shortest wait is longer than this, or no request was answered for so long. */
  isLongerThan(wait: Duration): boolean {
    const now = this.#runtime.monotonic()
    this.#turn(now)
    if (this.#answers > 0 && this.#shortest <= wait) return false
    return this.#before.shortest > wait || (this.#answers === 0 && now - this.#since > wait)
  }

  /** True if a request was answered lately that waited at most so long. */
  isAtMost(wait: Duration): boolean {
    this.#turn(this.#runtime.monotonic())
    return this.#shortest <= wait
  }

  /** Answers a millisecond: of the window before, or of this one where it is over. */
  get rate(): number {
    const now = this.#runtime.monotonic()
    this.#turn(now)
    const elapsed = now - this.#since
    return elapsed < WINDOW ? this.#before.rate : this.#answers / elapsed
  }

  /** A request that began at `began` (monotonic) was answered. */
  ended(began: number): void {
    const now = this.#runtime.monotonic()
    this.#turn(now)
    this.#answers++
    this.#shortest = Math.min(this.#shortest, now - began)
  }

  /** Begins a new window where there was an answer in the one that is over; without one the window goes on. */
  #turn(now: number): void {
    if (now - this.#since < WINDOW || this.#answers === 0) return
    this.#before = { shortest: this.#shortest, rate: this.#answers / (now - this.#since) }
    this.#open(now)
  }

  #open(now: number): void {
    this.#since = now
    this.#answers = 0
    this.#shortest = Number.POSITIVE_INFINITY
  }
}
