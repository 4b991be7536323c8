import { DEFAULTS } from '../../src/defaults.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { DiskService } from './object-files.ts'

/** Bindings for the folder of the process's open descriptors and for their limit; `npm run start:workerd` alone binds them. */
export const DESCRIPTORS = 'BATUTA_DESCRIPTORS'
/** The binding with the process's limit of file descriptors. */
export const DESCRIPTOR_LIMIT = 'BATUTA_DESCRIPTOR_LIMIT'

/** Descriptors of an awake object: its SQLite file, the write-ahead log, and the shared memory of both. */
const PER_OBJECT = 3
/** Share of the descriptors that is reserved for connections: workerd exits when it cannot accept one. */
const RESERVED = 1 / 4
/** Milliseconds between two counts. */
const COUNT_INTERVAL = 20
/** Milliseconds between two warnings: a service at its limit crosses it continually. */
const WARNING_INTERVAL = 60_000

/**
 * Limits how many objects are awake, by the file descriptors that are free. Every call takes the place of one object, even where
 * it is awake already. Descriptors are counted again once half of the places are taken: workerd alone knows when it puts an
 * object to sleep.
 */
export class DescriptorBudget {
  readonly #descriptors: DiskService
  readonly #limit: number
  readonly #runtime: Pick<Runtime, 'monotonic' | 'log'>
  #open = 0
  #left: number
  #recountAt: number
  /** Calls under way; the oldest first. */
  readonly #calls = new Set<{ readonly began: number }>()
  #warnedAt = Number.NEGATIVE_INFINITY
  #countedAt = Number.NEGATIVE_INFINITY

  constructor(descriptors: DiskService, limit: number, runtime: Pick<Runtime, 'monotonic' | 'log'>) {
    this.#descriptors = descriptors
    this.#limit = limit
    this.#runtime = runtime
    this.#left = this.#objects(0)
    this.#recountAt = this.#left / 2
  }

  /** Runs `call` where its object can be woken; `undefined` where it cannot. */
  async run<T>(call: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    if (this.#left <= this.#recountAt) await this.#count()
    if (this.#left <= 0) return this.#refuse()
    this.#left--
    const begun = { began: this.#runtime.monotonic() }
    this.#calls.add(begun)
    try {
      return { value: await call() }
    } finally {
      this.#calls.delete(begun)
    }
  }

  /** True if a creation could wake an object now. */
  async probe(): Promise<Health> {
    await this.#count()
    return this.#left > 0 ? { ok: true } : { ok: false, why: `wake the object of a saga: ${this.#why()}` }
  }

  #refuse(): undefined {
    const now = this.#runtime.monotonic()
    if (now - this.#warnedAt < WARNING_INTERVAL) return
    this.#warnedAt = now
    this.#runtime.log.write('object.no-descriptors', { why: this.#why() })
  }

  #why(): string {
    return `${this.#open} of ${this.#limit} file descriptors are open, and the rest is kept for connections; raise the limit (ulimit -n)`
  }

  async #count(): Promise<void> {
    const now = this.#runtime.monotonic()
    if (now - this.#countedAt < COUNT_INTERVAL) return
    this.#countedAt = now
    const answer = await this.#descriptors.fetch('http://disk/')
    // Where the folder cannot be read, the count is 0: objects are woken without a limit.
    this.#open = answer.status === 200 ? ((await answer.json()) as unknown[]).length : 0
    this.#left = this.#objects(this.#open) - this.#underWay(now)
    this.#recountAt = this.#left / 2
  }

  /** Without those that workerd ended together with their request. */
  #underWay(now: number): number {
    for (const call of this.#calls) {
      if (now - call.began <= DEFAULTS.lostRequest) break
      this.#calls.delete(call)
    }
    return this.#calls.size
  }

  #objects(open: number): number {
    return Math.floor((this.#limit * (1 - RESERVED) - open) / PER_OBJECT)
  }
}
