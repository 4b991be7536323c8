import type { Log } from '../ports/runtime.ts'

/** Bytes of a small body; nearly every event is one. */
export const SMALL_BODY: number = 64 * 1024

/** One eighth of the budget is reserved for small bodies, so that a few large, slow uploads do not block events. */
const SHARE_OF_LARGE = 7 / 8

/** Limits of `BodyBudget`. */
export interface BodyLimits {
  /** Bytes of all bodies that are held at once (C1.3 `BODIES_LIMIT`). */
  readonly bodiesLimit: number
  /** Bytes of one body (C1.3 `BODY_LIMIT`). */
  readonly bodyLimit: number
}

/** Counts the bytes of all request bodies in memory, each from its first byte to the answer. */
export class BodyBudget {
  readonly #limit: number
  readonly #large: number
  readonly #log: Log
  #held = 0
  #isFull = false

  constructor({ bodiesLimit, bodyLimit }: BodyLimits, log: Log) {
    this.#limit = bodiesLimit
    this.#large = Math.max(bodiesLimit * SHARE_OF_LARGE, bodyLimit)
    this.#log = log
  }

  get held(): number {
    return this.#held
  }

  /** Reserves `more` bytes for a body that has `size` with them; `false` where there is no room. */
  take(more: number, size: number): boolean {
    const hasRoom = this.#held + more <= (size <= SMALL_BODY ? this.#limit : this.#large)
    if (hasRoom) this.#held += more
    else this.#logFull()
    return hasRoom
  }

  give(bytes: number): void {
    this.#held -= bytes
    if (this.#held <= this.#limit / 2) this.#isFull = false
  }

  /** One line until half of the budget is free again: a flood of requests must not flood the log. */
  #logFull(): void {
    if (this.#isFull) return
    this.#isFull = true
    this.#log.write('request.bodies-full', { bytes: this.#held, limit: this.#limit })
  }
}

/** The bytes of one body in the budget. */
export class BodyReservation {
  readonly #budget: BodyBudget
  #size = 0

  constructor(budget: BodyBudget) {
    this.#budget = budget
  }

  /** Adds `more` bytes; `false` where the budget has no room for them. */
  grow(more: number): boolean {
    const hasRoom = this.#budget.take(more, this.#size + more)
    if (hasRoom) this.#size += more
    return hasRoom
  }

  release(): void {
    this.#budget.give(this.#size)
    this.#size = 0
  }
}
