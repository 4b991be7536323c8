import { DEFAULTS } from '../defaults.ts'
import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

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
  /** Until the whole body must have arrived (C1.3 `BODY_TIMEOUT`). */
  readonly bodyTimeout: Duration
}

/** Counts the bytes of all request bodies in memory, each from its first byte to the answer. */
export class BodyBudget {
  readonly #limit: number
  readonly #large: number
  readonly #longest: Duration
  readonly #runtime: Pick<Runtime, 'monotonic' | 'log'>
  /** Those that hold bytes, with the monotonic instant since when; the oldest first. */
  readonly #reservations = new Map<BodyReservation, number>()
  #held = 0
  #isFull = false

  constructor({ bodiesLimit, bodyLimit, bodyTimeout }: BodyLimits, runtime: Pick<Runtime, 'monotonic' | 'log'>) {
    this.#limit = bodiesLimit
    this.#large = Math.max(bodiesLimit * SHARE_OF_LARGE, bodyLimit)
    this.#longest = bodyTimeout + DEFAULTS.lostRequest
    this.#runtime = runtime
  }

  get held(): number {
    return this.#held
  }

  /** Reserves `more` bytes for a body that has `size` with them; `false` where there is no room. */
  take(reservation: BodyReservation, more: number, size: number): boolean {
    const limit = size <= SMALL_BODY ? this.#limit : this.#large
    if (this.#held + more > limit) this.#releaseLost()
    const hasRoom = this.#held + more <= limit
    if (!hasRoom) this.#logFull()
    else if (size > 0) {
      if (!this.#reservations.has(reservation)) this.#reservations.set(reservation, this.#runtime.monotonic())
      this.#held += more
    }
    return hasRoom
  }

  give(reservation: BodyReservation, bytes: number): void {
    this.#reservations.delete(reservation)
    this.#held -= bytes
    if (this.#held <= this.#limit / 2) this.#isFull = false
  }

  /** Bodies of requests that their host ended without a word, as edge hosts do: no other is held for so long. */
  #releaseLost(): void {
    const lost = this.#runtime.monotonic() - this.#longest
    for (const [reservation, since] of this.#reservations) {
      if (since >= lost) return
      reservation.release()
    }
  }

  /** One line until half of the budget is free again: a flood of requests must not flood the log. */
  #logFull(): void {
    if (this.#isFull) return
    this.#isFull = true
    this.#runtime.log.write('request.bodies-full', { bytes: this.#held, limit: this.#limit })
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
    const hasRoom = this.#budget.take(this, more, this.#size + more)
    if (hasRoom) this.#size += more
    return hasRoom
  }

  release(): void {
    this.#budget.give(this, this.#size)
    this.#size = 0
  }
}
