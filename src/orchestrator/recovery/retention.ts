import { DEFAULTS } from '../../defaults.ts'
import type { Duration, Instant } from '../../engine/saga.ts'
import { reasonOf } from '../../errors.ts'
import type { Capabilities } from '../../ports/persistency.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import type { ClockCheck } from './clock-check.ts'

/** Options of `Retention`. */
export interface RetentionOptions {
  readonly removal: Exclude<Capabilities['removal'], false>
  /** Finds the newest creation. Absent or `false`: time counts from the start of the process. */
  readonly list?: Capabilities['list'] | undefined
  /** How long a final saga that owes nothing is kept after its last write. */
  readonly keep: Duration
  readonly runtime: Runtime
  /** Age is a difference of wall-clock instants: a process whose clock is ahead would remove young sagas (P23). */
  readonly clock: Pick<ClockCheck, 'agrees'>
}

/**
 * Removes final sagas past their retention. Every process on a shared store may do it: a removal is idempotent. Age counts by
 * the monotonic clock from the newest creation found at the start, so a wall clock that is set forward, before or during the
 * run, removes nothing early (P23). The price: the time without creations before the start is added to the retention.
 */
export class Retention {
  readonly #options: RetentionOptions
  readonly #began: { readonly wall: Instant; readonly monotonic: number }
  /** The newest creation before the start, once the store has answered. Later ones carry this process's clock. */
  #newest: Instant | undefined
  #cancel: Cancel | undefined
  #running: Promise<void> | undefined

  constructor(options: RetentionOptions) {
    this.#options = options
    const { runtime } = options
    this.#began = { wall: runtime.wallClock(), monotonic: runtime.monotonic() }
  }

  start(): void {
    // A store that is away is asked again at the first run.
    void this.#findNewest().catch(() => undefined)
    this.#cancel = this.#options.runtime.every(DEFAULTS.retentionLook, () => void this.run())
  }

  async stop(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    await this.#running
  }

  /** Removes page by page. Never throws; overlapping calls share one run. */
  run(): Promise<void> {
    this.#running ??= this.#remove().finally(() => (this.#running = undefined))
    return this.#running
  }

  async #remove(): Promise<void> {
    const { removal, keep, runtime, clock } = this.#options
    let removed = 0
    let before = 0
    try {
      if (!(await clock.agrees())) return
      before = (await this.#now()) - keep
      for (let pages = 0; pages < DEFAULTS.sweepPages; pages++) {
        const page = await removal.removeFinal(before, DEFAULTS.retentionPage)
        removed += page
        if (page < DEFAULTS.retentionPage) break
      }
    } catch (thrown) {
      runtime.log.write('saga.not-removed', { why: reasonOf(thrown) })
    }
    if (removed > 0) runtime.log.write('saga.removed', { removed, writtenBefore: new Date(before).toISOString() })
  }

  /** The earlier of the wall clock and the time that has surely passed. */
  async #now(): Promise<Instant> {
    const { runtime } = this.#options
    const { wall, monotonic } = this.#began
    const newest = await this.#findNewest()
    return Math.min(runtime.wallClock(), Math.min(newest, wall) + runtime.monotonic() - monotonic)
  }

  async #findNewest(): Promise<Instant> {
    const { list = false } = this.#options
    if (this.#newest !== undefined) return this.#newest
    const found = list === false ? undefined : (await list.page({ limit: 1, until: this.#began.wall })).items[0]
    return (this.#newest ??= found?.createdAt ?? this.#began.wall)
  }
}
