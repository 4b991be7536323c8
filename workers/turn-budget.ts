import { setImmediate } from 'node:timers'

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

/** Begins a request that has waited for so many milliseconds. */
export type BeginRequest = (waited: number) => void

/**
 * Begins requests at once while their turn of the event loop has time for them. Further ones wait for the next turns: first those that
 * finish work, then those that begin some, each in order.
 */
export class TurnBudget {
  readonly #finishing = new RequestLine()
  readonly #beginning = new RequestLine()
  /** Groups that are still to run in this turn. */
  #groups = 0
  #turnBegan: number | undefined
  /** Connections that were accepted in this turn. */
  #accepted = 0
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
    if (this.length === 0 && this.#hasTime(since)) return begin(0)
    const line = finishes ? this.#finishing : this.#beginning
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
    this.#groups = Math.min(GROUPS, Math.ceil(this.length / TOGETHER))
    for (let at = 0; at < this.#groups; at++) setImmediate(this.#group)
  }

  readonly #group = (): void => {
    this.#groups--
    const now = performance.now()
    const leaves = this.#accepted >= MANY && now - this.#begun < ACCEPTING
    if (!leaves && this.#hasTime(now)) {
      const some = this.#finishing.take(TOGETHER)
      some.push(...this.#beginning.take(TOGETHER - some.length))
      for (const { since, begin } of some) begin(now - since)
      this.#begun = performance.now()
    }
    if (this.#groups === 0 && this.length > 0) this.#schedule()
  }
}

interface HeldRequest {
  readonly since: number
  readonly begin: BeginRequest
}

/** A line in the order of arrival. */
class RequestLine {
  #line: HeldRequest[] = []
  /** Index of the oldest in `#line`. */
  #first = 0

  get length(): number {
    return this.#line.length - this.#first
  }

  add(request: HeldRequest): void {
    this.#line.push(request)
  }

  /** Takes at most so many, the oldest first. */
  take(most: number): HeldRequest[] {
    const end = Math.min(this.#first + most, this.#line.length)
    const taken = this.#line.slice(this.#first, end)
    this.#first = end
    // Those that are taken are dropped in bulk: a shift of each would move all others.
    if (2 * end >= this.#line.length) {
      this.#line = this.#line.slice(end)
      this.#first = 0
    }
    return taken
  }
}
