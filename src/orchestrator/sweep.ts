import { DEFAULTS } from '../defaults.ts'
import type { Instant, SagaId } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Loaded, Sweep as FindDue } from '../ports/persistency.ts'
import type { Cancel, Runtime } from '../ports/runtime.ts'
import type { Clock } from './clock.ts'
import type { Mailbox } from './mailbox.ts'
import type { Sender } from './sender.ts'
import { SetAside } from './set-aside.ts'

export interface SweepOptions {
  readonly recovery: FindDue
  /** Other processes sweep the same store: each claims a random part, so that they seldom collide (P16). */
  readonly shared: boolean
  readonly sender: Sender
  readonly mailbox: Mailbox
  readonly runtime: Runtime
  readonly clock: Pick<Clock, 'isRight'>
}

/** Pages that are looked at for one that is claimed, where others sweep too. */
const PAGES = 4

/**
 * Recovery is a loop, not a start-up step (I9): at once, at every interval, and when a wait ends, it asks the store what is
 * due and takes it up page by page.
 */
export class Sweep {
  readonly #options: SweepOptions
  #cancels: Cancel[] = []
  readonly #tended = new Set<SagaId>()
  readonly #setAside: SetAside
  #running: Promise<void> | undefined
  #complaint: string | undefined
  #next: { readonly at: Instant; readonly cancel: Cancel } | undefined

  constructor(options: SweepOptions) {
    this.#options = options
    this.#setAside = new SetAside(options.runtime)
  }

  start(): void {
    const { runtime } = this.#options
    this.#cancels.push(runtime.every(DEFAULTS.sweep, () => void this.run()))
    void this.run()
  }

  /** No new look is begun; resolves when the one under way has ended. */
  async stop(): Promise<void> {
    for (const cancel of this.#cancels) cancel()
    this.#next?.cancel()
    this.#cancels = []
    await this.#running
  }

  /** A look at this instant (wall clock), where that is sooner than the next one would be. */
  wakeAt(due: Instant): void {
    if (this.#cancels.length === 0 || (this.#next !== undefined && this.#next.at <= due)) return
    const { runtime } = this.#options
    const wait = due - runtime.wallClock()
    if (wait >= DEFAULTS.sweep) return
    this.#next?.cancel()
    const cancel = runtime.after(Math.max(1, wait), () => {
      this.#next = undefined
      void this.run()
    })
    this.#next = { at: due, cancel }
  }

  /** One look. Never throws; two at once are one. */
  run(): Promise<void> {
    this.#running ??= this.#look().finally(() => (this.#running = undefined))
    return this.#running
  }

  async #look(): Promise<void> {
    const { runtime, clock } = this.#options
    try {
      if (!(await clock.isRight())) return
      const most = runtime.mayVanish ? DEFAULTS.sweepPagesBrief : DEFAULTS.sweepPages
      for (let pages = 0; pages < most; pages++) {
        const page = await this.#find(DEFAULTS.sweepPage)
        this.#tell(undefined)
        const claimed = await Promise.all(page.map((loaded) => this.#tend(loaded)))
        if (page.length < DEFAULTS.sweepPage || !claimed.includes(true)) return
      }
    } catch (thrown) {
      this.#tell(reasonOf(thrown))
    }
  }

  /** Looks come every second: the same reason is told once, and once that it is over. */
  #tell(why: string | undefined): void {
    if (this.#complaint === why) return
    this.#complaint = why
    const { log } = this.#options.runtime
    if (why === undefined) log.info('the sweep goes on')
    else log.warn('the sweep was interrupted; it looks again', { why })
  }

  async #find(limit: number): Promise<readonly Loaded[]> {
    const { recovery, shared, runtime } = this.#options
    const most = (shared ? limit * PAGES : limit) + this.#setAside.size
    const found = await recovery.findDue(runtime.wallClock(), most)
    const due = found.filter(({ saga }) => !this.#setAside.has(saga.id)).slice(0, shared ? limit * PAGES : limit)
    if (!shared || due.length <= limit) return due
    const from = Math.floor(runtime.random() * (due.length - limit + 1))
    return due.slice(from, from + limit)
  }

  /** A saga that somebody is working on is tended after that, but the look does not wait for it: others are due too (I5). */
  async #tend(loaded: Loaded): Promise<boolean> {
    const { mailbox, sender } = this.#options
    const { id } = loaded.saga
    if (this.#tended.has(id)) return false
    const isBusy = mailbox.isBusy(id)
    this.#tended.add(id)
    const tending = mailbox
      .run(id, () => sender.claim(loaded))
      .catch(() => false) // the debt is owed still, and a later look finds it
      .then((isClaimed) => {
        if (isClaimed) this.#setAside.claimed(id)
        else if (!isBusy) this.#setAside.failed(id) // else it was found before somebody moved it on
        return isClaimed
      })
      .finally(() => this.#tended.delete(id))
    return isBusy ? false : tending
  }
}
