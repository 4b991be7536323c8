import { DEFAULTS } from '../../defaults.ts'
import type { Duration } from '../../engine/saga.ts'
import type { Persistency } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'

/** A larger difference between two checks is a clock that was set, not one that a time service slews. */
const MOST_SLEWED: Duration = 1_000

/**
 * Compares this process's wall clock with the store's, where the store has one (P23). Leases are instants of wall clocks: a
 * process whose clock is ahead would claim commands that others still hold.
 */
export class ClockCheck {
  readonly #store: Pick<Persistency, 'name' | 'probe'>
  readonly #runtime: Runtime
  #agrees = true
  #checkedAt = Number.NEGATIVE_INFINITY
  /** Wall clock minus monotonic clock: changes only when the wall clock is set or slewed. */
  #offset: number
  #jumps = 0

  constructor(store: Pick<Persistency, 'name' | 'probe'>, runtime: Runtime) {
    this.#store = store
    this.#runtime = runtime
    this.#offset = runtime.wallClock() - runtime.monotonic()
  }

  /** How often the wall clock was set since the start, as far as the checks noticed. */
  get jumps(): number {
    return this.#jumps
  }

  /**
   * Called before every sweep and removal; probes the store once a minute, and each time while the clocks differ. A store
   * that does not answer, or has no clock, leaves the last result as it is.
   */
  async agrees(): Promise<boolean> {
    const runtime = this.#runtime
    this.#noticeJump()
    if (this.#agrees && runtime.monotonic() - this.#checkedAt < DEFAULTS.clockLook) return true
    this.#checkedAt = runtime.monotonic()
    const before = runtime.wallClock()
    const health = await this.#store.probe()
    const after = runtime.wallClock()
    // The store read its clock at some instant between the two.
    if (health.ok && health.time !== undefined) this.#compared(Math.max(before - health.time, health.time - after, 0))
    return this.#agrees
  }

  /** After a jump the clocks are compared at once. */
  #noticeJump(): void {
    const offset = this.#runtime.wallClock() - this.#runtime.monotonic()
    const milliseconds = Math.round(offset - this.#offset)
    this.#offset = offset
    if (Math.abs(milliseconds) <= MOST_SLEWED) return
    this.#jumps++
    this.#checkedAt = Number.NEGATIVE_INFINITY
    this.#runtime.log.write('clock.set', { milliseconds })
  }

  #compared(difference: Duration): void {
    const agrees = difference <= DEFAULTS.clockTolerance
    if (agrees === this.#agrees) return
    this.#agrees = agrees
    const fields = { store: this.#store.name, milliseconds: Math.round(difference) }
    this.#runtime.log.write(agrees ? 'clock.agrees' : 'clock.differs', fields)
  }
}
