import { DEFAULTS } from '../defaults.ts'
import type { Duration } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Capabilities } from '../ports/persistency.ts'
import type { Cancel, Runtime } from '../ports/runtime.ts'
import type { Clock } from './clock.ts'

export interface RetentionOptions {
  readonly removal: Exclude<Capabilities['removal'], false>
  /** How long a final saga that owes nothing is kept after its last write. */
  readonly keep: Duration
  readonly runtime: Runtime
  /** Age is an instant of wall clocks: who is ahead of the store would remove what is young (P23). */
  readonly clock: Pick<Clock, 'isRight'>
}

/** Takes final sagas away that nobody needs any more. Of several processes on one store each may do it: gone is gone. */
export class Retention {
  readonly #options: RetentionOptions
  #cancel: Cancel | undefined
  #running: Promise<void> | undefined

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  start(): void {
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

  async #look(): Promise<void> {
    const { removal, keep, runtime, clock } = this.#options
    let removed = 0
    let before = 0
    try {
      if (!(await clock.isRight())) return
      before = runtime.wallClock() - keep
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
