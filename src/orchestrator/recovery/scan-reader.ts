import { DEFAULTS } from '../../defaults.ts'
import type { Duration } from '../../engine/saga.ts'
import type { Loaded, RecoveryBySweep } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { ChannelCapacity } from '../sending/channel-capacity.ts'
import type { Lane } from '../sending/lane.ts'
import type { PageRecovery } from './page-recovery.ts'
import type { Scan, ScanProgress } from './scan-progress.ts'
import type { UnknownReferences } from '../observability/unknown-references.ts'

/** Options of `ScanReader`. */
export interface ScanReaderOptions {
  readonly recovery: RecoveryBySweep
  readonly shared: boolean
  readonly runtime: Runtime
  readonly capacity: Pick<ChannelCapacity, 'left' | 'isHungry' | 'renew'>
  readonly pageRecovery: Pick<PageRecovery, 'recover'>
  readonly scanProgress: ScanProgress
  readonly unknownReferences: Pick<UnknownReferences, 'scanEnds'>
}

/** A page of a store in this process should take this many ms: the store answers on the thread of events. */
const PAGE_TIME: Duration = 4
const SMALLEST_PAGE = 4
/** After each page a gentle scan pauses for this many times the page's own time. */
const GENTLE_PAUSE = 4

/** Reads scans page by page, each page recovered before the next one, with pauses in which events go on. */
export class ScanReader {
  readonly #options: ScanReaderOptions
  #pageSize: number
  /** Pages that the run under way may still read. */
  #left = 0

  constructor(options: ScanReaderOptions) {
    this.#options = options
    this.#pageSize = options.shared ? DEFAULTS.sweepPage : DEFAULTS.sweepPage / 4
  }

  /** A run of the sweep begins. A host that bounds the requests of one run gets a few pages for all of its scans. */
  begin(): void {
    this.#left = this.#options.runtime.mayVanish ? DEFAULTS.sweepPagesBrief : Number.POSITIVE_INFINITY
  }

  /** Reads on, a bounded number of pages. Returns false where the scan has not come to its end; the next run goes on there, also after a throw. */
  async read(scan: Scan): Promise<boolean> {
    let isOver = false
    try {
      isOver = await this.#readPages(scan)
    } finally {
      if (!isOver) this.#options.scanProgress.paused(scan)
    }
    return isOver
  }

  async #readPages(scan: Scan): Promise<boolean> {
    const { runtime, capacity, pageRecovery, scanProgress } = this.#options
    const isBrief = runtime.mayVanish || scan.isGentle === true
    const most = isBrief ? DEFAULTS.sweepPagesBrief : DEFAULTS.sweepPages
    let mixedPages = 0
    for (let pages = 0; pages < most && this.#left > 0; pages++) {
      const left = scan.lane === undefined ? 0 : capacity.left(scan.lane)
      const began = runtime.monotonic()
      if (left > 1) scanProgress.catchesUp(began) // one may be the probe of an open circuit
      const page = await this.#page(scan, this.#sizeOf(scan, mixedPages))
      const took = runtime.monotonic() - began
      this.#adapt(page.length, took)
      if (page.length === 0) return this.#end(scan)
      this.#left--
      const place = await pageRecovery.recover(page, scan)
      if (place !== scan.at) mixedPages++
      scan.at = place
      capacity.renew()
      if (scan.lane !== undefined && !capacity.isHungry(scan.lane) && !this.#isUnmet(scan.lane, left)) {
        scanProgress.skipped(scan.lane, scan)
        return this.#end(scan)
      }
      if (scan.lane === undefined && scanProgress.canCatchUp(capacity)) break
      const pause = scan.isGentle === true ? Math.max(1, GENTLE_PAUSE * took) : 1
      if (!runtime.mayVanish) await new Promise<void>((resolve) => runtime.after(pause, resolve))
    }
    return false
  }

  /** No page had a command of this lane so far, and there is room for one, such as for the probe of an open circuit. */
  #isUnmet(lane: Lane, before: number): boolean {
    const { capacity, scanProgress } = this.#options
    return !scanProgress.hasSkipped(lane) && capacity.left(lane) >= Math.max(1, before)
  }

  #page(scan: Scan, size: number): Promise<readonly Loaded[]> {
    const { recovery } = this.#options
    if (scan.kind === 'future' && scan.at !== undefined && recovery.findOwing !== undefined)
      return recovery.findOwing(size, scan.at)
    return recovery.findDue(scan.until, size, scan.at)
  }

  /**
   * A catch-up reads as many sagas as its lane has capacity for: the others would be read again. Twice as many after each page with
   * sagas of other lanes. Of a shared store each process claims a random part of a larger page.
   */
  #sizeOf({ lane }: Scan, mixedPages: number): number {
    const { shared, capacity } = this.#options
    if (shared || lane === undefined) return this.#pageSize
    return Math.min(this.#pageSize, Math.max(SMALLEST_PAGE, capacity.left(lane)) * 2 ** mixedPages)
  }

  #adapt(found: number, took: Duration): void {
    if (this.#options.shared || found < this.#pageSize) return
    if (took > 2 * PAGE_TIME) this.#pageSize = Math.max(SMALLEST_PAGE, this.#pageSize >> 1)
    else if (took < PAGE_TIME) this.#pageSize = Math.min(DEFAULTS.sweepPage, this.#pageSize << 1)
  }

  #end(scan: Scan): true {
    const { unknownReferences, scanProgress, runtime } = this.#options
    if (scan.kind === 'full') unknownReferences.scanEnds()
    scanProgress.ended(scan, runtime.monotonic())
    return true
  }
}
