import type { Duration } from '../../engine/saga.ts'
import { DEFAULTS } from '../../defaults.ts'
import { reasonOf } from '../../errors.ts'
import type { Persistency, RecordStore } from '../../ports/persistency.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { pageOfSagas } from '../answer-filter.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { atMost } from '../deadline.ts'
import { freshId } from '../ids.ts'
import { kindOfReason } from '../incidents.ts'
import type { Incidents } from '../incidents.ts'
import type { SagaOperator } from '../operators/saga-operation.ts'
import { NO_COUNTS } from './bulk-operation.ts'
import type { BulkCancellation, BulkItem, BulkOperation, BulkRequest } from './bulk-operation.ts'
import { previewBulk } from './bulk-preview.ts'
import type { BulkPreview } from './bulk-preview.ts'
import { BulkRecords, fitsRecord, openOperationsIn } from './bulk-records.ts'
import { BulkRun } from './bulk-run.ts'

/** Options of `BulkOperations`. */
export interface BulkOptions {
  readonly persistency: Persistency
  /** Those of the store, or those of the process where it has none. */
  readonly records: RecordStore
  readonly operator: SagaOperator
  readonly runtime: Runtime
  readonly metrics: Pick<Metrics, 'bulkItem' | 'openOperations'>
  readonly incidents: Incidents
}

/** The outcome of a request for a bulk operation. */
export type BulkBegun =
  | { readonly kind: 'begun' | 'repeated'; readonly operation: BulkOperation }
  /** The idempotency key has begun an operation with another body. */
  | { readonly kind: 'mismatch'; readonly operation: BulkOperation }
  /** As many operations are open as may be. */
  | { readonly kind: 'too-many'; readonly limit: number }
  /** The request does not fit into a record. */
  | { readonly kind: 'too-large' }

/** The outcome of a cancellation. `ended`: it was done before. */
export type BulkCancelled =
  | { readonly kind: 'cancelled' | 'ended'; readonly operation: BulkOperation }
  | { readonly kind: 'unknown' }

/** The place of a result among those of its operation: its chunk, and its place there. */
export interface ResultPlace {
  readonly chunk: number
  readonly at: number
}

/** Results of a page, and the place after them. */
export interface ResultPage {
  readonly items: readonly BulkItem[]
  readonly end: ResultPlace
  /** There are no further results so far. */
  readonly isLast: boolean
  /** Results before these are no longer kept; the counts have them. */
  readonly areForgotten: boolean
}

/** A run of this process. A host may drop one together with its request; after `lostAt` (monotonic) another one may begin. */
interface RunUnderWay {
  readonly running: Promise<void>
  readonly lostAt: number
}

/** Operations that have not ended, and those that are kept after their end. */
const MOST_OPEN = 20
const MOST_KEPT = 100

/**
 * Bulk operations of a store. Each process carries out the open ones that no other process holds a lease of; everything that it
 * needs for that is in the records, so that any process goes on after the end of another one (P25).
 */
export class BulkOperations {
  readonly #options: BulkOptions
  readonly #records: BulkRecords
  readonly #runs = new Map<string, RunUnderWay>()
  /** Operations that have begun here, or whose continuation is in the log. */
  readonly #known = new Set<string>()
  readonly #runner: string
  #isStopping = false

  constructor(options: BulkOptions) {
    this.#options = options
    this.#records = new BulkRecords(options.records)
    this.#runner = freshId(options.runtime)
  }

  /** Runs end after the page under way, and give their leases back. */
  async stop(within: Duration): Promise<void> {
    this.#isStopping = true
    await atMost(this.#options.runtime, within, this.idle())
  }

  /** Resolves when no run is under way. */
  async idle(): Promise<void> {
    await Promise.all([...this.#runs.values()].map(({ running }) => running))
  }

  /**
   * Begins a run of each open operation among the keys of records; resolves when these runs have ended. `until`: monotonic instant at
   * which runs end, on hosts that end with their requests.
   */
  async resume(keys: readonly string[], until: number = Number.POSITIVE_INFINITY): Promise<void> {
    const open = openOperationsIn(keys)
    this.#options.metrics.openOperations(open.length)
    for (const id of this.#known) if (!open.includes(id)) this.#known.delete(id)
    const begun = open.map((id) => this.#begin(id, until))
    await Promise.all(begun.filter((one) => one !== undefined))
  }

  /** Writes the operation and begins it. `until` as in `resume`. */
  async begin(request: BulkRequest, until: number = Number.POSITIVE_INFINITY): Promise<BulkBegun> {
    const { runtime } = this.#options
    const now = runtime.wallClock()
    const operation: BulkOperation = { ...request, status: 'running', startedAt: now, counts: NO_COUNTS, chunks: 0 }
    if (!fitsRecord(operation)) return { kind: 'too-large' }
    const known = await this.#records.read(request.id)
    if (known !== undefined) return this.#repeated(known.operation, request)
    if ((await this.#records.open(MOST_OPEN)).length >= MOST_OPEN) return { kind: 'too-many', limit: MOST_OPEN }
    await this.#records.markOpen(request.id, now)
    const written = await this.#records.write(operation, 'absent')
    if (written === undefined) return this.begin(request, until) // the same key at the same time
    // A process that looked in between may have taken an old mark away: without one no other process would go on.
    await this.#records.markOpen(request.id, now)
    runtime.log.write('bulk.begun', logFields(operation))
    this.#known.add(request.id)
    void this.#begin(request.id, until)
    runtime.waitUntil(this.#removeOldest().catch((thrown: unknown) => this.#report('remove old operations', thrown)))
    return { kind: 'begun', operation }
  }

  /** The outcome for the first `sample` sagas, and the number of all. Nothing is written. */
  preview(request: BulkRequest, sample: number): Promise<BulkPreview> {
    const { list, name } = { ...this.#options.persistency.can, name: this.#options.persistency.name }
    if (list === false) throw new Error(`count the sagas of the store "${name}": it cannot list`)
    const { filter } = request
    return previewBulk(this.#options, { request, sample }, (limit, after) =>
      pageOfSagas(list, { ...filter, limit, after }),
    )
  }

  /** A process that ended in the middle of `begin` may have left it without its mark. */
  async #repeated(operation: BulkOperation, request: BulkRequest): Promise<BulkBegun> {
    if (operation.status === 'running') await this.#records.markOpen(operation.id, this.#options.runtime.wallClock())
    return repeated(operation, request)
  }

  async read(id: string): Promise<BulkOperation | undefined> {
    return (await this.#records.read(id))?.operation
  }

  /** All operations that are kept, newest first. */
  async all(): Promise<readonly BulkOperation[]> {
    const found = await Promise.all((await this.#records.ids()).map((id) => this.read(id)))
    return found.filter((one) => one !== undefined).toSorted((a, b) => b.startedAt - a.startedAt)
  }

  /** Results in the order in which the sagas were taken, `limit` at most. A process without a store for them forgets the oldest. */
  async results(
    { id, chunks }: Pick<BulkOperation, 'id' | 'chunks'>,
    limit: number,
    from: ResultPlace = { chunk: 0, at: 0 },
  ): Promise<ResultPage> {
    const items: BulkItem[] = []
    let areForgotten = false
    for (let place = from; ; place = { chunk: place.chunk + 1, at: 0 }) {
      const found = await this.#records.chunk(id, place.chunk)
      if (found === undefined && place.chunk < chunks) {
        areForgotten = true
        continue
      }
      if (found === undefined || found.chunk.planned !== undefined)
        return { items, end: place, isLast: true, areForgotten }
      const { items: all } = found.chunk
      const rest = all.slice(place.at, place.at + limit - items.length)
      items.push(...rest)
      const end = { chunk: place.chunk, at: place.at + rest.length }
      if (end.at < all.length) return { items, end, isLast: false, areForgotten }
    }
  }

  /** The run under way, in this or another process, ends after its page. The first cancellation is the one that is kept. */
  async cancel(id: string, cancellation: BulkCancellation): Promise<BulkCancelled> {
    const { runtime } = this.#options
    for (;;) {
      const found = await this.#records.read(id)
      if (found === undefined) return { kind: 'unknown' }
      const { operation, version } = found
      if (operation.status === 'done') return { kind: 'ended', operation }
      if (operation.status === 'cancelled') return { kind: 'cancelled', operation }
      const endedAt = runtime.wallClock()
      const cancelled: BulkOperation = { ...operation, status: 'cancelled', endedAt, cancellation }
      if ((await this.#records.write(cancelled, version)) === undefined) continue
      runtime.log.write('bulk.ended', { ...logFields(cancelled), ...cancellationFields(cancellation) })
      return { kind: 'cancelled', operation: cancelled }
    }
  }

  /** The run that was begun, if one was. */
  #begin(id: string, until: number): Promise<void> | undefined {
    const { runtime } = this.#options
    if (this.#isStopping || runtime.monotonic() < (this.#runs.get(id)?.lostAt ?? Number.NEGATIVE_INFINITY))
      return undefined
    const mustEnd = () => this.#isStopping || runtime.monotonic() >= until
    const taken = (operation: BulkOperation) => this.#noteTaken(operation)
    const counted = (items: readonly BulkItem[]) => this.#count(items)
    const run = new BulkRun({
      ...this.#options,
      records: this.#records,
      runner: this.#runner,
      mustEnd,
      taken,
      counted,
    })
    const running = this.#runToEnd(run, id).finally(() => this.#runs.delete(id))
    this.#runs.set(id, { running, lostAt: until + DEFAULTS.bulkLease })
    runtime.waitUntil(running)
    return running
  }

  /** A run that fails is begun again at the next look. */
  async #runToEnd(run: BulkRun, id: string): Promise<void> {
    const { runtime, incidents } = this.#options
    try {
      const ended = await run.run(id)
      incidents.succeeded('bulk operations', 'bulk.resumed')
      if (ended?.status === 'done') runtime.log.write('bulk.ended', logFields(ended))
    } catch (thrown) {
      this.#report(`carry out operation "${id}"`, thrown)
    }
  }

  /** An operation goes on in this process that another one had begun: it has ended, or has lost its lease. */
  #noteTaken(operation: BulkOperation): void {
    const { id, status } = operation
    if (this.#known.has(id) || status !== 'running') return
    this.#known.add(id)
    this.#options.runtime.log.write('bulk.continued', logFields(operation))
  }

  #count(items: readonly BulkItem[]): void {
    for (const { outcome } of items) this.#options.metrics.bulkItem(outcome)
  }

  #report(action: string, thrown: unknown): void {
    const why = `${action}: ${reasonOf(thrown)}`
    const fields = { why }
    this.#options.incidents.report({ code: 'bulk.failed', group: 'bulk operations', kind: kindOfReason(why), fields })
  }

  async #removeOldest(): Promise<void> {
    const ids = await this.#records.ids()
    if (ids.length <= MOST_KEPT) return
    const ended = (await this.all()).slice(MOST_KEPT).filter(({ status }) => status !== 'running')
    for (const { id } of ended) await this.#records.remove(id)
  }
}

function repeated(operation: BulkOperation, { fingerprint }: BulkRequest): BulkBegun {
  return operation.fingerprint === fingerprint ? { kind: 'repeated', operation } : { kind: 'mismatch', operation }
}

function logFields({ id, action, operator, reason, status, counts }: BulkOperation): Readonly<Record<string, unknown>> {
  return { operation: id, action: action.kind, operator, reason, status, ...counts }
}

function cancellationFields({ operator, reason }: BulkCancellation): Readonly<Record<string, string>> {
  return { cancelledBy: operator, cancelReason: reason }
}
