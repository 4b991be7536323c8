import { setImmediate } from 'node:timers'
import { RequestLine } from './request-line.ts'
import type { BeginRequest } from './request-line.ts'

/**
 * Milliseconds of a turn of the event loop for requests: as many as all else took in the turn before, within these bounds. In a turn
 * few connections are accepted and one group of saves is written. Without a bound the requests of all connections would share one
 * turn, in which nothing else is accepted, read or answered; with a small one a slow disk would take most of the time.
 */
const [LEAST, MOST] = [10, 40]
/**
 * After so many connections in one turn, requests that wait leave the next turns to further connections for so many milliseconds: such
 * turns are short.
 */
const [MANY, ACCEPTING] = [16, 20]
/** Requests that begin together, then their promises go on. */
const TOGETHER = 8
/** Most such groups of one turn. */
const GROUPS = 64

/** Requests that wait; further ones are refused. Each may hold a part of its body. */
const MOST_WAITING = 4_000
/** Milliseconds that a request may wait in a line that stands: one that finishes work, and one that begins some. */
const [FINISHING, BEGINNING] = [500, 250]

/**
 * Begins requests at once while their turn of the event loop has time for them. Further ones wait for the next turns: first those that
 * finish work, then those that begin some, each in order.
 */
export class TurnBudget {
  readonly #finishing = new RequestLine(FINISHING)
  readonly #beginning = new RequestLine(BEGINNING)
  /** Groups that are still to run in this turn. */
  #groups = 0
  #turnBegan: number | undefined
  /** Connections that were accepted in this turn. */
  #accepted = 0
  /** True if this turn is left to further connections; `undefined` before its first group. */
  #leaves: boolean | undefined
  /** When waiting requests were last begun. */
  #begun = 0
  #budget = LEAST
  /** When a turn was last asked for time. */
  #asked = 0

  /** Requests that wait. */
  get length(): number {
    return this.#finishing.length + this.#beginning.length
  }

  /** A connection was accepted. */
  accepted(): void {
    this.#accepted++
  }

  run(begin: BeginRequest, finishes: boolean): void {
    const since = performance.now()
    if (this.length === 0 && this.#hasTime(since)) {
      this.#finishing.rested()
      this.#beginning.rested()
      return begin(0)
    }
    const line = finishes ? this.#finishing : this.#beginning
    if (line.isFull(since) || this.length >= MOST_WAITING) return begin(Number.POSITIVE_INFINITY)
    line.add({ since, begin })
    this.#schedule()
  }

  #hasTime(now: number): boolean {
    if (this.#turnBegan === undefined) {
      this.#turnBegan = now
      this.#budget = Math.min(MOST, Math.max(LEAST, now - this.#asked))
      setImmediate(this.#turned)
    }
    this.#asked = now
    return now - this.#turnBegan < this.#budget
  }

  readonly #turned = (): void => {
    this.#turnBegan = undefined
  }

  #schedule(): void {
    if (this.#groups > 0) return
    this.#accepted = 0
    this.#leaves = undefined
    this.#groups = Math.min(GROUPS, Math.ceil(this.length / TOGETHER))
    for (let at = 0; at < this.#groups; at++) setImmediate(this.#group)
  }

  readonly #group = (): void => {
    this.#groups--
    const now = performance.now()
    for (const line of [this.#finishing, this.#beginning]) line.look(TOGETHER, now)
    this.#leaves ??= this.#accepted >= MANY && now - this.#begun < ACCEPTING
    if (!this.#leaves && this.#hasTime(now)) {
      const some = this.#finishing.begin(TOGETHER, now)
      this.#beginning.begin(TOGETHER - some, now)
      this.#begun = performance.now()
    }
    if (this.#groups === 0 && this.length > 0) this.#schedule()
  }
}
