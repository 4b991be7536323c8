import type { SagaId } from '../../engine/saga.ts'
import type { Damaged, Unavailable } from '../undone.ts'

/** Request to watch one saga. */
export interface WatchRequest {
  readonly id: SagaId
  /** Number of the newest step that the client has; -1 for none. */
  readonly after: number
}

/** Request to watch all sagas. */
export interface WatchAllRequest {
  /** `Last-Event-ID` of the client: of an earlier stream of this process, or of another. */
  readonly after?: string | undefined
}

/** A stream of server-sent events. */
export interface OpenWatch {
  readonly kind: 'open'
  readonly body: ReadableStream<Uint8Array>
}

/** Too many clients watch already. */
export interface NoPlace {
  readonly kind: 'no-place'
}

/** The outcome of a request to watch one saga. */
export type Watched =
  | OpenWatch
  | NoPlace
  /** The saga is final, and the client has all of its steps: nothing comes any more. */
  | { readonly kind: 'over' }
  | { readonly kind: 'unknown-saga'; readonly sagaId: SagaId }
  /** The saga has fewer steps than the client says that it has. */
  | { readonly kind: 'beyond'; readonly steps: number }
  | Damaged
  | Unavailable

/** The outcome of a request to watch all sagas. */
export type WatchedAll =
  | OpenWatch
  | NoPlace
  /** No place of this service sees the steps of all sagas; `why` completes "all sagas cannot be watched here: …". */
  | { readonly kind: 'not-here'; readonly why: string }
