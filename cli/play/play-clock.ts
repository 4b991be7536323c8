import type { Duration, Instant } from '../../src/engine/saga.ts'
import type { Cancel, Log, Runtime } from '../../src/ports/runtime.ts'

/** Timers of the host hold 31 bits of milliseconds; a longer wait is armed again. */
const LONGEST: Duration = 2 ** 31 - 1

/**
 * A clock that can be pushed forward, for `batuta dev` alone. Wall clock and monotonic clock move together, as if the time had passed:
 * timers that are due by then run at once, in their order, and the others sleep so much less. An interval runs once for all its missed
 * ticks.
 */
export class PlayClock {
  readonly #base: Runtime
  readonly #sleepers = new Set<Sleeper>()
  #ahead: Duration = 0

  constructor(base: Runtime) {
    this.#base = base
  }

  /** Milliseconds by which it is ahead of the host's clock. */
  get ahead(): Duration {
    return this.#ahead
  }

  now(): Instant {
    return this.#base.wallClock() + this.#ahead
  }

  /** The host's runtime with this clock and this log. */
  runtime(log: Log): Runtime {
    return {
      ...this.#base,
      log,
      wallClock: () => this.now(),
      monotonic: () => this.#monotonic(),
      after: (wait, run) => this.after(wait, run),
      every: (interval, run) => this.#every(interval, run),
    }
  }

  /** Runs once after a wait by this clock. */
  after(wait: Duration, run: () => void): Cancel {
    const sleeper = this.#sleep(wait, () => {
      this.#sleepers.delete(sleeper)
      run()
    })
    return () => this.#wake(sleeper)
  }

  /** Pushes it forward by this many milliseconds. */
  forward(by: Duration): void {
    this.#ahead += by
    const inOrder = [...this.#sleepers].sort((one, other) => one.at - other.at)
    for (const sleeper of inOrder) this.#arm(sleeper)
  }

  #monotonic(): number {
    return this.#base.monotonic() + this.#ahead
  }

  #every(interval: Duration, run: () => void): Cancel {
    const sleeper = this.#sleep(interval, () => {
      sleeper.at = this.#monotonic() + interval
      this.#arm(sleeper)
      run()
    })
    return () => this.#wake(sleeper)
  }

  #sleep(wait: Duration, run: () => void): Sleeper {
    const sleeper: Sleeper = { at: this.#monotonic() + wait, run, cancel: () => undefined }
    this.#sleepers.add(sleeper)
    this.#arm(sleeper)
    return sleeper
  }

  #arm(sleeper: Sleeper): void {
    sleeper.cancel()
    const wait = Math.max(0, sleeper.at - this.#monotonic())
    const fire = () => (wait > LONGEST ? this.#arm(sleeper) : sleeper.run())
    sleeper.cancel = this.#base.after(Math.min(wait, LONGEST), fire)
  }

  #wake(sleeper: Sleeper): void {
    sleeper.cancel()
    this.#sleepers.delete(sleeper)
  }
}

interface Sleeper {
  /** By the monotonic clock. */
  at: number
  readonly run: () => void
  cancel: Cancel
}
