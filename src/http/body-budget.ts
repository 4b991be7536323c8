import type { Log } from '../ports/runtime.ts'

/** Bytes of a small body: nearly every event is one. */
export const SMALL_BODY: number = 64 * 1024

/** An eighth of the budget is for small bodies alone, so that a few large and slow ones do not keep events out. */
const SHARE_OF_LARGE = 7 / 8

export interface BodyLimits {
  /** Bytes of all bodies that are held at once (C1.3 `BODIES_LIMIT`). */
  readonly bodiesLimit: number
  /** Bytes of one (C1.3 `BODY_LIMIT`). */
  readonly bodyLimit: number
}

/** Bytes of the bodies that all requests of this process hold, from their first byte to the request's answer. */
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

  /** Whether there is room for `more` bytes of a body that has `size` with them; they are held then. */
  take(more: number, size: number): boolean {
    const hasRoom = this.#held + more <= (size <= SMALL_BODY ? this.#limit : this.#large)
    if (hasRoom) this.#held += more
    else this.#tell()
    return hasRoom
  }

  give(bytes: number): void {
    this.#held -= bytes
    if (this.#held <= this.#limit / 2) this.#isFull = false
  }

  /** Once each time: a flood must not flood the log. */
  #tell(): void {
    if (this.#isFull) return
    this.#isFull = true
    const fields = { bytes: this.#held, limit: this.#limit }
    this.#log.warn('request bodies reach BODIES_LIMIT; further ones are answered 503 until others end', fields)
  }
}

/** Of one body. */
export class BodyReservation {
  readonly #budget: BodyBudget
  #size = 0

  constructor(budget: BodyBudget) {
    this.#budget = budget
  }

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
