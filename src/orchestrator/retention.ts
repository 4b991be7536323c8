import { DEFAULTS } from '../defaults.ts'
import type { Duration, Instant } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Capabilities } from '../ports/persistency.ts'
import type { Cancel, Runtime } from '../ports/runtime.ts'
import type { ClockCheck } from './clock-check.ts'

export interface RetentionOptions {
  readonly removal: Exclude<Capabilities['removal'], false>
  /** Where the newest creation is looked for; absent or `false`: the time runs from the start of the process. */
  readonly list?: Capabilities['list'] | undefined
  /** How long a final saga that owes nothing is kept after its last write. */
  readonly keep: Duration
  readonly runtime: Runtime
  /** Age is an instant of wall clocks: who is ahead of the store would remove what is young (P23). */
  readonly clock: Pick<ClockCheck, 'agrees'>
}

/**
 * Takes final sagas away that nobody needs any more. Of several processes on one store each may do it: gone is gone. Time is what
 * this process has seen pass since the newest creation that it found at its start: a wall clock that is set forward, before or
 * while it runs, takes nothing away (P23). So sagas are kept longer by the time in which none was created before the start.
 */
export class Retention {
  readonly #options: RetentionOptions
  readonly #began: { readonly wall: Instant; readonly monotonic: number }
  /** The newest creation there was before the start, once the store has told: later ones are dated by this process's clock. */
  #newest: Instant | undefined
  #cancel: Cancel | undefined
  #running: Promise<void> | undefined

  constructor(options: RetentionOptions) {
    this.#options = options
    const { runtime } = options
    this.#began = { wall: runtime.wallClock(), monotonic: runtime.monotonic() }
  }

  start(): void {
    // A store that is away is asked again at the first look.
    void this.#findNewest().catch(() => undefined)
    this.#cancel = this.#options.runtime.every(DEFAULTS.retentionLook, () => void this.run())
  }

  async stop(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    await this.#running
  }

  /** One look, page by page. Never throws; two at once are one. */
  run(): Promise<void> {
    this.#running ??= this.#look().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** The earlier of what the wall clock says and what has surely passed. */
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

  async #look(): Promise<void> {
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
      runtime.log.warn('final sagas were not removed; it is tried again', { why: reasonOf(thrown) })
    }
    if (removed > 0)
      runtime.log.info('final sagas were removed', { removed, writtenBefore: new Date(before).toISOString() })
  }
}
