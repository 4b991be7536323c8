import { DEFAULTS } from '../defaults.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'

/**
 * Whether this process's wall clock agrees with its store's, where that has one (P23). Leases are instants of wall clocks: who
 * is ahead of the others would take up what they still hold.
 */
export class Clock {
  readonly #store: Pick<Persistency, 'name' | 'probe'>
  readonly #runtime: Runtime
  #isRight = true
  #looked = Number.NEGATIVE_INFINITY

  constructor(store: Pick<Persistency, 'name' | 'probe'>, runtime: Runtime) {
    this.#store = store
    this.#runtime = runtime
  }

  /** Asked before every sweep; asks the store now and then. A store that does not answer has nothing to say about clocks. */
  async isRight(): Promise<boolean> {
    const runtime = this.#runtime
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
