import type { SagaDocument } from '../codec/document.ts'
import type { Metadata, SagaEvent, SagaId } from '../engine/saga.ts'
import type { ListQuery, Page } from '../ports/persistency.ts'

/**
 * What the doors know of the orchestrator, and all they know. On workerd a stub to the object named by the saga's id speaks
 * it too, so everything that passes is plain data.
 */
export interface Corridor {
  create(order: CreateRequest): Promise<Created>
  handle(event: SagaEvent): Promise<Outcome>
  document(id: SagaId): Promise<SagaDocument | Damaged | undefined>
  /** `false` where the store cannot list. */
  list(query: ListQuery): Promise<Page | false>
}

/** A saga somebody wants. The id is made by the door: from the key where there is one (P8), fresh otherwise (C4.1). */
export interface CreateRequest {
  readonly id: SagaId
  readonly entity: string
  readonly metadata: Metadata
  /** The idempotency key that came with it. */
  readonly key?: string | undefined
  /** Beside a key: of what was asked for, as it was written (P8). */
  readonly fingerprint?: string | undefined
  readonly trace?: string | undefined
}

/** The outcome of a creation. */
export type Created =
  | { readonly kind: 'created'; readonly sagaId: SagaId }
  /** The same key and body again: the same saga (P8). */
  | { readonly kind: 'repeated'; readonly sagaId: SagaId }
  /** The same key with another body. */
  | { readonly kind: 'mismatch'; readonly sagaId: SagaId }
  | TooLarge
  | Damaged
  | Unavailable

/** The outcome of an event. */
export type Outcome =
  | { readonly kind: 'moved'; readonly sagaId: SagaId; readonly state: string }
  | { readonly kind: 'duplicate'; readonly sagaId: SagaId; readonly state: string }
  | Unexpected
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
  /** Whether the settings make it an error (`unexpectedEvents: "reject"`). */
  readonly reject: boolean
}

/** The write exceeds a limit in bytes; nothing was written (P24). */
export interface TooLarge {
  readonly kind: 'too-large'
  readonly limit: number
  /** What exceeds the limit of ours (`MAX_SAGA_SIZE`); absent where it is the store's own. */
  readonly part?: 'metadata' | 'owed' | undefined
}

/** The saga is in the store and cannot be read: no outage, and nothing happens to it until it is mended by hand (P20). */
export interface Damaged {
  readonly kind: 'unreadable'
  readonly sagaId: SagaId
  readonly why: string
}

/** The store does not answer, or somebody else was always faster. Nothing is lost by asking again. */
export interface Unavailable {
  readonly kind: 'unavailable'
  readonly why: string
  /** It is durable, and only its commands are not out yet: no sign that the store is away (P17). */
  readonly isOwing?: true
}
