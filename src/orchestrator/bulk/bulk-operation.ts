import type { Instant, SagaId } from '../../engine/saga.ts'
import type { BulkItemOutcome } from '../../ports/metric-labels.ts'
import type { Cursor } from '../../ports/persistency.ts'
import type { SagaQuery } from '../answer-filter.ts'
import type { OperationDone, SagaAction } from '../operators/saga-operation.ts'

/** An action that many sagas can take: not an event, nor one on a single part of a saga, which only its id names. */
export type BulkAction = Exclude<SagaAction, { readonly kind: 'send-event' | 'drop-parked' | 'drop-dead-letter' }>

/** The filters of `GET /sagas`. */
export type BulkFilter = Omit<SagaQuery, 'limit' | 'after'>

/** A request to carry out one action on all sagas that match a filter. */
export interface BulkRequest {
  /** In the URL of the operation; the sagas' histories have it as `bulk/<id>`. */
  readonly id: string
  /** With an idempotency key: fingerprint of the body. */
  readonly fingerprint?: string | undefined
  readonly action: BulkAction
  readonly filter: BulkFilter
  readonly operator: string
  readonly reason: string
  /** Most sagas a second. */
  readonly rate: number
}

/** A bulk operation as its record has it. */
export interface BulkOperation extends BulkRequest {
  readonly status: 'running' | 'done' | 'cancelled'
  readonly startedAt: Instant
  readonly endedAt?: Instant | undefined
  /** Who cancelled it, and why; absent in records of earlier versions. */
  readonly cancellation?: BulkCancellation | undefined
  readonly counts: BulkCounts
  /** Last saga with a result. Sagas are visited newest creation first, so that one created meanwhile is not among them. */
  readonly cursor?: Cursor | undefined
  /** Number of records with results. */
  readonly chunks: number
  /** The process that carries it out; another one takes over after `until` (wall clock). */
  readonly lease?: RunnerLease | undefined
}

/** The author and the reason of a cancellation. */
export type BulkCancellation = Pick<BulkRequest, 'operator' | 'reason'>

/** The right of one process to carry out an operation, for some seconds. */
export interface RunnerLease {
  readonly runner: string
  readonly until: Instant
}

/**
 * The outcome of one item: `repeated`: a process that has ended had done it; `conflict`: other writers were always faster, or the
 * fate of the write is unknown; `refused`: the action does not fit the saga; `unknown`: the saga was removed.
 */
export type BulkOutcome = BulkItemOutcome

/** Number of items by outcome. */
export type BulkCounts = Readonly<Record<BulkOutcome, number>>

/** The result of one saga. */
export interface BulkItem {
  readonly sagaId: SagaId
  readonly outcome: BulkOutcome
  /** State of the saga after it. */
  readonly state?: string | undefined
  readonly why?: string | undefined
  readonly details?: OperationDone['details'] | undefined
  /** A value was too long for a record: it is cut off, and details are left out. The saga's history has all of them. */
  readonly isCut?: true | undefined
}

/** No item yet. */
export const NO_COUNTS: BulkCounts = { done: 0, repeated: 0, conflict: 0, refused: 0, unknown: 0 }

/** The counts with further items. */
export function countItems(counts: BulkCounts, items: readonly BulkItem[]): BulkCounts {
  const sum = { ...counts }
  for (const { outcome } of items) sum[outcome]++
  return sum
}

/** Id of the operation in the histories of its sagas. */
export function bulkRecordId(id: string): string {
  return `bulk/${id}`
}
