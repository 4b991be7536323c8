import type { Health } from '../../src/ports/health.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { DiskService } from './object-files.ts'

/** The folder of the process's open descriptors, and how many it may have; only `npm run start:workerd` binds them. */
export const DESCRIPTORS = 'BATUTA_DESCRIPTORS'
export const DESCRIPTOR_LIMIT = 'BATUTA_DESCRIPTOR_LIMIT'

type Host = Pick<Runtime, 'monotonic' | 'log'>

/** An object that is awake holds its SQLite file, the log of writes and the shared memory of both. */
const EACH = 3
/** Part of the descriptors that is kept for connections: workerd ends where it cannot accept one. */
const KEPT = 1 / 4
/** Milliseconds between two counts. */
const INTERVAL = 20
/** Milliseconds between two warnings: a service at its limit crosses it all the time. */
const SILENCE = 60_000

/**
 * How many more objects may be woken. Each call takes one place, also where its object is awake already; the descriptors are
 * counted anew when half of the places are taken, since only workerd knows when an object is put to sleep.
 */
export class DescriptorBudget {
  readonly #descriptors: DiskService
  readonly #limit: number
  readonly #runtime: Host
  #used = 0
  #left: number
  #refillAt: number
  #inFlight = 0
  #saidAt = Number.NEGATIVE_INFINITY
  #countedAt = Number.NEGATIVE_INFINITY

  constructor(descriptors: DiskService, limit: number, runtime: Host) {
    this.#descriptors = descriptors
    this.#limit = limit
    this.#runtime = runtime
    this.#left = this.#places(0)
    this.#refillAt = this.#left / 2
  }

  /** Runs `call` where there is a place for its object; else answers `undefined`. */
  async run<T>(call: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    if (this.#left <= this.#refillAt) await this.#count()
    if (this.#left <= 0) return this.#refuse()
    this.#left--
    this.#inFlight++
    try {
      return { value: await call() }
    } finally {
      this.#inFlight--
    }
  }

  /** What a creation would meet now. */
  async probe(): Promise<Health> {
    await this.#count()
    return this.#left > 0 ? { ok: true } : { ok: false, why: `wake the object of a saga: ${this.#why()}` }
  }

  #refuse(): undefined {
    const now = this.#runtime.monotonic()
    if (now - this.#saidAt < SILENCE) return
    this.#saidAt = now
    this.#runtime.log.write('object.no-descriptors', { why: this.#why() })
  }

  #why(): string {
    return `${this.#used} of ${this.#limit} file descriptors are open, and the rest is kept for connections; raise the limit (ulimit -n)`
  }

  async #count(): Promise<void> {
    const now = this.#runtime.monotonic()
    if (now - this.#countedAt < INTERVAL) return
    this.#countedAt = now
    const answer = await this.#descriptors.fetch('http://disk/')
    // Where nobody may look, nothing is known to be open, and objects are woken as if there were no limit.
    this.#used = answer.status === 200 ? ((await answer.json()) as unknown[]).length : 0
    this.#left = this.#places(this.#used) - this.#inFlight
    this.#refillAt = this.#left / 2
  }

  #places(used: number): number {
    return Math.floor((this.#limit * (1 - KEPT) - used) / EACH)
  }
}
