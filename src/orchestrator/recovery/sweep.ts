import { DEFAULTS } from '../../defaults.ts'
import type { Duration, Instant } from '../../engine/saga.ts'
import { reasonOf } from '../../errors.ts'
import type { RecoveryBySweep } from '../../ports/persistency.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import type { ChannelCapacity } from '../sending/channel-capacity.ts'
import type { ClockCheck } from './clock-check.ts'
import { scanFuture } from './future-scan.ts'
import type { IdleLeases } from '../sending/idle-leases.ts'
import { kindOfReason } from '../incidents.ts'
import type { Incidents } from '../incidents.ts'
import type { Lane } from '../sending/lane.ts'
import { PageRecovery } from './page-recovery.ts'
import type { SagaRecovery } from './saga-recovery.ts'
import type { ScanProgress } from './scan-progress.ts'
import { ScanReader } from './scan-reader.ts'
import type { DebtLeases } from '../sending/debt-leases.ts'
import type { TimerGrace } from '../timers/timer-grace.ts'
import type { UnknownReferences } from '../observability/unknown-references.ts'

/** Options of `Sweep`. */
export interface SweepOptions {
  readonly recovery: RecoveryBySweep
  /** Other processes sweep the same store. */
  readonly shared: boolean
  readonly debtLeases: Pick<DebtLeases, 'lease' | 'longest'>
  readonly sagaRecovery: SagaRecovery
  readonly leases: IdleLeases
  readonly capacity: ChannelCapacity
  readonly runtime: Runtime
  readonly clock: Pick<ClockCheck, 'agrees' | 'jumps'>
  readonly scanProgress: ScanProgress
  readonly incidents: Incidents
  readonly unknownReferences: Pick<UnknownReferences, 'scanBegins' | 'scanned' | 'scanEnds'>
  readonly timerGrace: Pick<TimerGrace, 'begin'>
}

/**
 * Recovery is a loop, not a start-up step (I9). At the start, every second, when a wait ends and when a channel has capacity
 * again, it asks the store for the sagas that are due, and claims and sends what they owe.
 */
export class Sweep {
  readonly #options: SweepOptions
  readonly #reader: ScanReader
  #isStarted = false
  #cancelTicks: Cancel | undefined
  #running: Promise<void> | undefined
  /** The run that is set for a (monotonic) instant before the next tick. */
  #early: { readonly at: number; readonly cancel: Cancel } | undefined
  #jumps = 0

  constructor(options: SweepOptions) {
    this.#options = options
    this.#reader = new ScanReader({ ...options, pageRecovery: new PageRecovery(options) })
  }

  start(): void {
    this.#isStarted = true
    this.#cancelTicks = this.#options.runtime.every(DEFAULTS.sweep, () => void this.#tick())
    void this.run()
  }

  /** Begins no further run; resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.#isStarted = false
    this.#cancelTicks?.()
    this.#early?.cancel()
    await this.#running
  }

  /** A saga was written that is due at this instant (wall clock): runs then, if that is before the next tick. */
  wakeAt(due: Instant): void {
    this.#options.scanProgress.expect(due)
    const wait = due - this.#options.runtime.wallClock()
    if (wait < DEFAULTS.sweep) this.#runIn(Math.max(1, wait))
  }

  /** This lane has capacity again: runs soon if a command waits for it. Without a lane: runs soon. */
  freed(lane?: Lane): void {
    const { scanProgress, leases } = this.#options
    if (lane === undefined || scanProgress.hasSkipped(lane) || leases.isReady(lane)) this.#runIn(1)
  }

  /** One run. Never throws; overlapping calls share it. */
  run(): Promise<void> {
    this.#running ??= this.#sweep().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** A run that begins after this call: the run under way may have read past a saga before it was written, or became due. */
  async runAfresh(): Promise<void> {
    await this.#running
    await this.run()
  }

  /** Other processes may have written late, or with a clock that is a little behind: the last seconds are read again. */
  #tick(): Promise<void> {
    const { shared, runtime, scanProgress } = this.#options
    if (shared) scanProgress.expect(runtime.wallClock() - DEFAULTS.clockTolerance)
    return this.run()
  }

  #runIn(wait: Duration): void {
    const { runtime } = this.#options
    const at = runtime.monotonic() + wait
    if (!this.#isStarted || (this.#early !== undefined && this.#early.at <= at)) return
    this.#early?.cancel()
    const cancel = runtime.after(wait, () => {
      this.#early = undefined
      void this.runAfresh()
    })
    this.#early = { at, cancel }
  }

  async #sweep(): Promise<void> {
    const { clock, sagaRecovery, scanProgress, capacity, incidents, timerGrace } = this.#options
    try {
      if (!(await clock.agrees())) return
      if (clock.jumps !== this.#jumps) this.#restart()
      this.#reader.begin()
      await sagaRecovery.retry()
      const isComplete = await this.#scan()
      await scanFuture({ ...this.#options, reader: this.#reader })
      incidents.succeeded('sweep', 'sweep.resumed')
      if (!isComplete || scanProgress.canCatchUp(capacity)) this.#runIn(1)
    } catch (thrown) {
      timerGrace.begin() // the store was away, and events have waited in the topics meanwhile (P18)
      const why = reasonOf(thrown)
      incidents.report({ code: 'sweep.failed', group: 'sweep', kind: kindOfReason(why), fields: { why } })
    }
  }

  /** Fresh scan, one catch-up a channel, then a full scan where it is time. Returns false where one is not complete. */
  async #scan(): Promise<boolean> {
    const { runtime, scanProgress, capacity } = this.#options
    const complete = [await this.#reader.read(scanProgress.fresh(runtime.wallClock()))]
    for (let turns = scanProgress.catchUps; turns > 0; turns--) {
      const catchUp = scanProgress.catchUp(capacity)
      if (catchUp !== undefined) complete.push(await this.#reader.read(catchUp))
    }
    const full = scanProgress.full(runtime.monotonic())
    if (full !== undefined) complete.push(await this.#reader.read(full))
    return !complete.includes(false)
  }

  /** The wall clock was set, so the places read so far mean nothing (P23). */
  #restart(): void {
    const { clock, scanProgress, runtime, timerGrace } = this.#options
    timerGrace.begin()
    this.#jumps = clock.jumps
    scanProgress.restart(runtime.wallClock())
  }
}
