import { DEFAULTS } from '../defaults.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'

/** Milliseconds between two looks that no discipline of a clock makes up. */
const SLEWED = 1_000

/**
 * Whether this process's wall clock agrees with its store's, where that has one (P23). Leases are instants of wall clocks: who
 * is ahead of the others would take up what they still hold.
 */
export class ClockCheck {
  readonly #store: Pick<Persistency, 'name' | 'probe'>
  readonly #runtime: Runtime
  #isRight = true
  #looked = Number.NEGATIVE_INFINITY
  /** How far the wall clock is ahead of the monotonic one: it moves only when somebody sets the former. */
  #ahead: number
  #jumps = 0

  constructor(store: Pick<Persistency, 'name' | 'probe'>, runtime: Runtime) {
    this.#store = store
    this.#runtime = runtime
    this.#ahead = runtime.wallClock() - runtime.monotonic()
  }

  /** How often the wall clock was set since the start, as far as it was seen. */
  get jumps(): number {
    return this.#jumps
  }

  /** Asked before every sweep; asks the store now and then. A store that does not answer has nothing to say about clocks. */
  async agrees(): Promise<boolean> {
    const runtime = this.#runtime
    this.#watch()
    if (this.#isRight && runtime.monotonic() - this.#looked < DEFAULTS.clockLook) return true
    this.#looked = runtime.monotonic()
    const before = runtime.wallClock()
    const health = await this.#store.probe()
    const after = runtime.wallClock()
    if (!health.ok || health.time === undefined) return this.#isRight
    // The store's instant lies somewhere between the question and the answer.
    const off = Math.max(before - health.time, health.time - after, 0)
    this.#tell(off)
    return this.#isRight
  }

  /** A clock that was set is compared with the store's at once. */
  #watch(): void {
    const { log } = this.#runtime
    const ahead = this.#runtime.wallClock() - this.#runtime.monotonic()
    const milliseconds = Math.round(ahead - this.#ahead)
    // A clock that is slewed moves by a little at each look, and that is none of our business.
    this.#ahead = ahead
    if (Math.abs(milliseconds) <= SLEWED) return
    this.#jumps++
    this.#looked = Number.NEGATIVE_INFINITY
    log.warn('the wall clock was set; what is due is looked for anew', { milliseconds })
  }

  #tell(off: number): void {
    const isRight = off <= DEFAULTS.clockTolerance
    const { log } = this.#runtime
    const fields = { store: this.#store.name, milliseconds: Math.round(off) }
    if (this.#isRight && !isRight)
      log.error("this clock is not the store's: nothing is taken up from the store", fields)
    if (!this.#isRight && isRight) log.info("this clock is the store's again", fields)
    this.#isRight = isRight
  }
}
