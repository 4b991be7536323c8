import type { Runtime } from '../../ports/runtime.ts'

/** Milliseconds that a late turn may catch up. */
const BURST = 100

/** Bounds the rate at which sagas are taken. */
export class BulkPace {
  readonly #runtime: Pick<Runtime, 'monotonic' | 'after'>
  readonly #gap: number
  #next = Number.NEGATIVE_INFINITY

  constructor(runtime: Pick<Runtime, 'monotonic' | 'after'>, rate: number) {
    this.#runtime = runtime
    this.#gap = 1_000 / rate
  }

  /** Resolves when the next saga may be taken. */
  turn(): Promise<void> {
    const now = this.#runtime.monotonic()
    const at = Math.max(now - BURST, this.#next)
    this.#next = at + this.#gap
    return at <= now ? Promise.resolve() : new Promise((resolve) => this.#runtime.after(at - now, resolve))
  }
}
