import type { Duration, Instant } from '../../src/engine/saga.ts'
import type { Cancel } from '../../src/ports/runtime.ts'

interface VirtualTimer {
  at: number
  readonly order: number
  readonly every?: Duration | undefined
  readonly run: () => void
}

/** Wall-clock time at which a simulation begins: 2030, later than every real instant in a test. */
const START: Instant = Date.UTC(2030, 0, 1)

/** A wall clock, a monotonic clock and timers that stand still until `runNext` or `jump` is called. */
export class VirtualClock {
  readonly #timers = new Set<VirtualTimer>()
  #monotonic = 0
  /** Wall clock minus monotonic clock. */
  #offset = START
  #order = 0

  get monotonic(): number {
    return this.#monotonic
  }

  get wall(): Instant {
    return this.#monotonic + this.#offset
  }

  /** Timers that are set: neither run nor cancelled. */
  get timers(): number {
    return this.#timers.size
  }

  /** Calls `run` once after `wait` ms. */
  after(wait: Duration, run: () => void): Cancel {
    return this.#set(wait, run)
  }

  /** Calls `run` every `interval` ms, at least 1 ms apart. */
  every(interval: Duration, run: () => void): Cancel {
    return this.#set(interval, run, Math.max(1, interval))
  }

  /** Sets the wall clock forward or back. Timers and the monotonic clock do not change. */
  jump(by: Duration): void {
    this.#offset += by
  }

  /** Moves to the next timer not later than `until` (monotonic) and runs it. Returns false where there is none, and moves to `until`. */
  runNext(until: number): boolean {
    const timer = this.#earliest(until)
    if (timer === undefined) {
      this.#monotonic = Math.max(this.#monotonic, until)
      return false
    }
    this.#monotonic = Math.max(this.#monotonic, timer.at)
    if (timer.every === undefined) this.#timers.delete(timer)
    else timer.at += timer.every
    timer.run()
    return true
  }

  /** The earliest timer; of those due at the same instant, the one that was set first. */
  #earliest(until: number): VirtualTimer | undefined {
    let earliest: VirtualTimer | undefined
    for (const timer of this.#timers) {
      if (timer.at > until) continue
      if (
        earliest === undefined ||
        timer.at < earliest.at ||
        (timer.at === earliest.at && timer.order < earliest.order)
      )
        earliest = timer
    }
    return earliest
  }

  #set(wait: Duration, run: () => void, every?: Duration): Cancel {
    // It would be due before every other one, again and again.
    if (Number.isNaN(wait)) throw new RangeError('set a timer: found NaN, expected milliseconds')
    const timer: VirtualTimer = { at: this.#monotonic + wait, order: this.#order++, every, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }
}
