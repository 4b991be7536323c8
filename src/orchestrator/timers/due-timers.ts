import type { Duration, Saga } from '../../engine/saga.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { UnknownReferences } from '../observability/unknown-references.ts'

/** A deadline that passed this long ago is late: recovery looks every second. */
const LATE: Duration = 10_000

/** Looks at every due saga of a full scan. */
export type ScanObserver = Pick<UnknownReferences, 'scanBegins' | 'scanned' | 'scanEnds'>

/** Counts the deadlines that are late, as the full scans of recovery meet them (P18). */
export class DueTimers implements ScanObserver {
  readonly #runtime: Pick<Runtime, 'wallClock'>
  readonly #metrics: Pick<Metrics, 'dueTimers'>
  #count = 0

  constructor(runtime: Pick<Runtime, 'wallClock'>, metrics: Pick<Metrics, 'dueTimers'>) {
    this.#runtime = runtime
    this.#metrics = metrics
  }

  scanBegins(): void {
    this.#count = 0
  }

  scanned({ timer, hold }: Saga): void {
    if (timer !== undefined && hold === undefined && timer.deadline + LATE < this.#runtime.wallClock()) this.#count++
  }

  scanEnds(): void {
    this.#metrics.dueTimers(this.#count)
    this.#count = 0
  }
}

/** Several observers of one scan. */
export function observers(...all: readonly ScanObserver[]): ScanObserver {
  return {
    scanBegins: () => all.forEach((one) => one.scanBegins()),
    scanned: (saga) => all.forEach((one) => one.scanned(saga)),
    scanEnds: () => all.forEach((one) => one.scanEnds()),
  }
}
