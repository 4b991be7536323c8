import { DEFAULTS } from '../defaults.ts'
import type { Instant } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { DuePlace, Loaded, RecoveryBySweep as FindDue } from '../ports/persistency.ts'
import type { Cancel, Runtime } from '../ports/runtime.ts'
import type { ScanProgress, Scan } from './scan-progress.ts'
import type { ClockCheck } from './clock-check.ts'
import type { IdleLeases } from './idle-leases.ts'
import { kindOfReason } from './incidents.ts'
import type { Incidents } from './incidents.ts'
import type { ChannelCapacity } from './channel-capacity.ts'
import type { ClaimResult, Sender } from './sender.ts'
import type { UnknownReferences } from './unknown-references.ts'
import type { SagaRecovery } from './saga-recovery.ts'

export interface SweepOptions {
  readonly recovery: FindDue
  /** Other processes sweep the same store: each claims a random part, so that they seldom collide (P16). */
  readonly shared: boolean
  readonly sender: Pick<Sender, 'lease' | 'longest' | 'passed'>
  readonly sagaRecovery: SagaRecovery
  readonly leases: IdleLeases
  readonly capacity: ChannelCapacity
  readonly runtime: Runtime
  readonly clock: Pick<ClockCheck, 'agrees' | 'jumps'>
  readonly scanProgress: ScanProgress
  readonly incidents: Incidents
  readonly unknownReferences: Pick<UnknownReferences, 'scanBegins' | 'scanned' | 'scanEnds'>
}

/** Milliseconds that one page may well take, and how small it may become. */
const BRIEF = 4
const SMALLEST = 4
/** What is read anew without need takes one part of the time and leaves so many. */
const GENTLE = 4

/**
 * Recovery is a loop, not a start-up step (I9): at once, at every interval, when a wait ends and when a channel has room, it asks
 * the store what is due and takes up what can be sent. A backlog that cannot is read past: `ScanProgress` knows where.
 */
export class Sweep {
  readonly #options: SweepOptions
  readonly #backlog: ScanProgress
  #cancels: Cancel[] = []
  #page: number
  /** Pages that this look may still read. */
  #left = 0
  #running: Promise<void> | undefined
  #next: { readonly at: number; readonly cancel: Cancel } | undefined
  #jumps = 0

  constructor(options: SweepOptions) {
    this.#options = options
    this.#backlog = options.scanProgress
    this.#page = options.shared ? DEFAULTS.sweepPage : DEFAULTS.sweepPage / 4
  }

  start(): void {
    this.#cancels.push(this.#options.runtime.every(DEFAULTS.sweep, () => void this.#tick()))
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
    this.#backlog.expect(due)
    const wait = due - this.#options.runtime.wallClock()
    if (wait < DEFAULTS.sweep) this.#lookIn(Math.max(1, wait))
  }

  /** This channel has room again, which is news where something waits for it. */
  freed(channel: string): void {
    if (this.#backlog.hasPassed(channel) || this.#options.leases.isReady(channel)) this.#lookIn(1)
  }

  /** One look. Never throws; two at once are one. */
  run(): Promise<void> {
    this.#running ??= this.#look().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** Others may have written late, or by a clock that is a little behind. */
  #tick(): Promise<void> {
    const { shared, runtime } = this.#options
    if (shared) this.#backlog.expect(runtime.wallClock() - DEFAULTS.clockTolerance)
    return this.run()
  }

  #lookIn(wait: number): void {
    const { runtime } = this.#options
    const at = runtime.monotonic() + wait
    if (this.#cancels.length === 0 || (this.#next !== undefined && this.#next.at <= at)) return
    this.#next?.cancel()
    const cancel = runtime.after(wait, () => {
      this.#next = undefined
      // What made it due may have come after the look under way had read there.
      void (this.#running ?? Promise.resolve()).then(() => this.run())
    })
    this.#next = { at, cancel }
  }

  async #look(): Promise<void> {
    const { runtime, clock, sagaRecovery, capacity, incidents } = this.#options
    try {
      if (!(await clock.agrees())) return
      const jumps = clock.jumps
      if (jumps !== this.#jumps) this.#restart(jumps)
      this.#left = runtime.mayVanish ? DEFAULTS.sweepPagesBrief : Number.POSITIVE_INFINITY
      await sagaRecovery.retry()
      const backlog = this.#backlog
      const isDone = [await this.#read(backlog.fresh(runtime.wallClock()))]
      // Each channel once: what is new has its turn before one that is quick has its next.
      for (let turns = backlog.ways; turns > 0; turns--) {
        const back = backlog.back(capacity)
        if (back !== undefined) isDone.push(await this.#read(back))
      }
      const whole = backlog.whole(runtime.monotonic())
      if (whole !== undefined) isDone.push(await this.#read(whole))
      await this.#readFar()
      incidents.succeeded('sweep', 'sweep.resumed')
      if (isDone.includes(false) || backlog.hasRoom(capacity)) this.#lookIn(1)
    } catch (thrown) {
      const why = reasonOf(thrown)
      incidents.report({ code: 'sweep.failed', group: 'sweep', kind: kindOfReason(why), fields: { why } })
    }
  }

  /** The wall clock was set: nothing that was known by it holds (P23). */
  #restart(jumps: number): void {
    this.#jumps = jumps
    this.#backlog.restart(this.#options.runtime.wallClock())
  }

  /** Page by page, at most so many at a time; answers whether it has come to an end. */
  async #read(walk: Scan): Promise<boolean> {
    const { runtime, recovery, capacity } = this.#options
    const isBrief = runtime.mayVanish || walk.isGentle === true
    const most = isBrief ? DEFAULTS.sweepPagesBrief : DEFAULTS.sweepPages
    for (let pages = 0; pages < most && this.#left > 0; pages++) {
      const began = runtime.monotonic()
      const page = await recovery.findDue(walk.until, this.#page, walk.at)
      const took = runtime.monotonic() - began
      this.#measure(page.length, took)
      if (page.length === 0) return this.#end(walk)
      this.#left--
      walk.at = await this.#tend(page, walk)
      capacity.renew()
      if (walk.channel !== undefined && !capacity.has(walk.channel)) {
        this.#backlog.pass(walk.channel, walk)
        return this.#end(walk)
      }
      // Events go on meanwhile.
      const pause = walk.isGentle === true ? Math.max(1, GENTLE * took) : 1
      if (!runtime.mayVanish) await new Promise<void>((resolve) => runtime.after(pause, resolve))
    }
    this.#backlog.paused(walk)
    return false
  }

  /** A store in this process holds its thread while it reads: a page is as large as that is short. */
  #measure(found: number, took: number): void {
    if (this.#options.shared || found < this.#page) return
    if (took > 2 * BRIEF) this.#page = Math.max(SMALLEST, this.#page >> 1)
    else if (took < BRIEF) this.#page = Math.min(DEFAULTS.sweepPage, this.#page << 1)
  }

  #end(walk: Scan): true {
    if (walk.kind === 'whole') this.#options.unknownReferences.scanEnds()
    this.#backlog.ended(walk, this.#options.runtime.monotonic())
    return true
  }

  /** Takes up what it can of a page; answers from where on it is read on: after the last one that keeps its place. */
  async #tend(page: readonly Loaded[], walk: Scan): Promise<DuePlace | undefined> {
    const { shared, sagaRecovery, sender, capacity, unknownReferences, runtime } = this.#options
    if (walk.kind === 'whole') {
      if (walk.at === undefined) unknownReferences.scanBegins()
      for (const { saga } of page) unknownReferences.scanned(saga)
    }
    const passed = new Map(page.map((loaded) => [loaded, sender.passed(loaded, capacity)]))
    const wanted = page.filter((loaded) => passed.get(loaded) === undefined)
    const part = shared ? randomPart(wanted, runtime) : wanted
    const claims = new Map<Loaded, ClaimResult>()
    const tend = async (loaded: Loaded) => void claims.set(loaded, await sagaRecovery.recover(loaded))
    await Promise.all(part.map(tend))
    if (part.length < wanted.length) {
      if ([...claims.values()].some(({ kind }) => kind === 'written')) return walk.at
      await Promise.all(wanted.filter((loaded) => !claims.has(loaded)).map(tend))
    }
    for (const loaded of page) {
      for (const channel of claims.get(loaded)?.passed ?? passed.get(loaded) ?? []) this.#backlog.pass(channel, walk)
    }
    const last = page.findLast((loaded) => claims.get(loaded)?.kind !== 'written')
    return last === undefined ? walk.at : { due: last.saga.due ?? 0, id: last.saga.id }
  }

  /**
   * What is due later than anything that this process could write: by a clock that was set back since, or is ahead of ours (P23).
   * Where others may hold a lease, they had the time of one to come back to it.
   */
  async #readFar(): Promise<void> {
    const { runtime, recovery, sender, shared } = this.#options
    const now = runtime.monotonic()
    const backlog = this.#backlog
    if (now < backlog.nextFar) return
    const at = { due: runtime.wallClock() + sender.longest, id: '' }
    const walk: Scan = { kind: 'far', at, until: Number.MAX_SAFE_INTEGER }
    const isThere = (await recovery.findDue(walk.until, 1, walk.at)).length > 0
    backlog.farSince = isThere ? (backlog.farSince ?? now) : undefined
    const isTime = isThere && (!shared || now - (backlog.farSince ?? now) >= sender.lease)
    const isDone = !isTime || (await this.#read(walk))
    backlog.nextFar = now + (isDone && !isThere ? DEFAULTS.clockLook : DEFAULTS.sweep)
  }
}

/** As many as are claimed at once, side by side in the order in which they are due. */
function randomPart(found: readonly Loaded[], runtime: Pick<Runtime, 'random'>): readonly Loaded[] {
  const left = found.length - DEFAULTS.sweepAtOnce
  if (left <= 0) return found
  const from = Math.floor(runtime.random() * (left + 1))
  return found.slice(from, from + DEFAULTS.sweepAtOnce)
}
