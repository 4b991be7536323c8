import type { Duration } from '../../engine/saga.ts'

/**
 * `closed`: sends start as usual. `open`: none starts. `half-open`: one may start, to see if the participant answers again, or is
 * under way.
 */
export type CircuitState = 'closed' | 'open' | 'half-open'

/** The consequence of the end of a send. `still-open`: a probe had no answer. */
export type CircuitChange = 'opened' | 'closed' | 'still-open'

/** Sends in a row without an answer that open the circuit. */
const MOST_SILENT = 5
/** Wait for the first probe of an open circuit; it doubles up to the longest. A participant that returns is noticed within it. */
const FIRST_WAIT: Duration = 250
/** Less than the interval of the sweep, which may bring the probe: so each of its looks brings one. */
const LONGEST_WAIT: Duration = 900

/**
 * Circuit breaker of one channel. Only silence opens it: a status is an answer about one command (P15), and must not hold up the
 * others. All instants are monotonic.
 */
export class Circuit {
  #silent = 0
  /** When the next probe may start; absent while the circuit is closed. */
  #nextProbe: number | undefined
  #wait = FIRST_WAIT
  #probes = 0
  #opened = 0
  /** Sends that began before it closed say nothing about the participant that answers now. */
  #closed = Number.NEGATIVE_INFINITY

  get isClosed(): boolean {
    return this.#nextProbe === undefined
  }

  state(now: number): CircuitState {
    if (this.#nextProbe === undefined) return 'closed'
    return this.#probes > 0 || now >= this.#nextProbe ? 'half-open' : 'open'
  }

  /** Milliseconds since it opened; 0 while it is closed. */
  openFor(now: number): Duration {
    return this.#nextProbe === undefined ? 0 : now - this.#opened
  }

  /** Milliseconds until a send may start; 0: now. */
  wait(now: number): Duration {
    return this.#nextProbe === undefined ? 0 : Math.max(0, this.#nextProbe - now)
  }

  /** A send begins. While the circuit is not closed it is a probe: the next one has to wait, even if this one hangs. */
  began(now: number): void {
    if (this.#nextProbe === undefined) return
    this.#probes++
    this.#nextProbe = now + this.#wait
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2)
  }

  /** A send was answered, whatever the answer. */
  answered(now: number): CircuitChange | undefined {
    this.#silent = 0
    if (this.#nextProbe === undefined) return undefined
    this.#nextProbe = undefined
    this.#wait = FIRST_WAIT
    this.#probes = 0
    this.#closed = now
    return 'closed'
  }

  /** A send that began at `began` had no answer. */
  silent(began: number, now: number): CircuitChange | undefined {
    if (began < this.#closed) return undefined
    this.#silent++
    if (this.#nextProbe !== undefined) {
      if (began < this.#opened) return undefined
      this.#probes--
      return 'still-open'
    }
    if (this.#silent < MOST_SILENT) return undefined
    this.#opened = now
    this.#nextProbe = now + this.#wait
    return 'opened'
  }
}
