import type { SagaDocument } from '../codec/saga-document.ts'
import type { Duration, HandedOnHeaders, Instant, Metadata, SagaEvent, SagaId } from '../engine/saga.ts'
import type { Page } from '../ports/persistency.ts'
import type { SagaCountQuery, SagaQuery } from './answer-filter.ts'
import type { CountAnswer } from './observability/count-sagas.ts'
import type { SagaOperator } from './operators/saga-operation.ts'
import type { Damaged, TooLarge, Unavailable } from './undone.ts'
import type { Watched, WatchedAll, WatchAllRequest, WatchRequest } from './watching/watched.ts'

/**
 * Interface of the orchestrator for HTTP. On workerd a stub of the saga's object implements it too, so all arguments and results
 * are plain data, and the bytes of streams.
 */
export interface Corridor extends SagaOperator {
  create(order: CreateRequest): Promise<Created>
  handle(event: SagaEvent): Promise<Outcome>
  document(id: SagaId): Promise<SagaDocument | Damaged | undefined>
  /** `false` where the store cannot list. */
  list(query: SagaQuery): Promise<Page | false>
  /** `false` where the store can neither count nor list. */
  count(query: SagaCountQuery): Promise<CountAnswer>
  /**
   * Waits for the end of a saga (C7). True where a longer wait is of no use: the saga is final, unknown or unreadable, or the service
   * is leaving; false after `within`, or when the caller is `gone`.
   */
  awaitEnd(request: EndRequest, gone?: AbortSignal): Promise<boolean>
  /** Server-sent events of one saga (C7), until the caller is `gone`. */
  watch(request: WatchRequest, gone?: AbortSignal): Promise<Watched>
  /** Server-sent events of all sagas (C7), until the caller is `gone`. */
  watchAll(request: WatchAllRequest, gone?: AbortSignal): Promise<WatchedAll>
}

/** A wait for the end of a saga. */
export interface EndRequest {
  readonly id: SagaId
  readonly within: Duration
}

/** Request to create a saga. HTTP makes the id: of the idempotency key (P8), or a fresh one (C4.1). */
export interface CreateRequest {
  readonly id: SagaId
  readonly entity: string
  readonly metadata: Metadata
  /** Idempotency key of the request. */
  readonly key?: string | undefined
  /** With a key: fingerprint of the body as it was written (P8). */
  readonly fingerprint?: string | undefined
  readonly trace?: string | undefined
  /** Handed on to the commands of the first step (C3.6). */
  readonly headers?: HandedOnHeaders | undefined
  /** The command and the side effects of the first step are due then; the saga is held until then. Absent: now. */
  readonly notBefore?: Instant | undefined
  /** Id of the HTTP request, for log lines. */
  readonly requestId?: string | undefined
}

/** The outcome of a creation. */
export type Created =
  | { readonly kind: 'created'; readonly sagaId: SagaId }
  /** Same key and same body: the saga exists (P8). */
  | { readonly kind: 'repeated'; readonly sagaId: SagaId }
  /** Same key and another body. */
  | { readonly kind: 'mismatch'; readonly sagaId: SagaId }
  /** A later beginning was asked of a store that neither sweeps nor has alarms (P17). */
  | { readonly kind: 'not-delayable'; readonly store: string }
  | TooLarge
  | Damaged
  | Unavailable

/** The outcome of an event. */
export type Outcome =
  | { readonly kind: 'moved'; readonly sagaId: SagaId; readonly state: string }
  | { readonly kind: 'duplicate'; readonly sagaId: SagaId; readonly state: string }
  | Unexpected
  /** Kept with the saga until it fits (P10); also the answer to its repeat. */
  | { readonly kind: 'parked'; readonly sagaId: SagaId; readonly state: string }
  /** The saga keeps as many events as it may (P10): nothing was written. */
  | { readonly kind: 'parking-full'; readonly sagaId: SagaId; readonly limit: number }
  | { readonly kind: 'refused'; readonly sagaId: SagaId; readonly why: string }
  | { readonly kind: 'stranded'; readonly sagaId: SagaId; readonly state: string }
  | { readonly kind: 'unknown-saga'; readonly sagaId: SagaId }
  | TooLarge
  | Damaged
  | Unavailable

/** The state of the saga has no transition for the event (C4.3). */
export interface Unexpected {
  readonly kind: 'unexpected'
  readonly sagaId: SagaId
  readonly state: string
  readonly label: string
  readonly expected: readonly string[]
  /** The setting `unexpectedEvents` is `reject`: the answer is an error. */
  readonly reject: boolean
}
