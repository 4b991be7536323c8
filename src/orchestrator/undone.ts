import type { SagaId } from '../engine/saga.ts'

/** The write exceeds a limit in bytes; nothing was written (P24). */
export interface TooLarge {
  readonly kind: 'too-large'
  readonly limit: number
  /** The part that exceeds `MAX_SAGA_SIZE`; absent where the limit is the store's own. */
  readonly part?: 'metadata' | 'owed' | 'parked' | undefined
}

/** The stored saga cannot be read. It is no outage; the saga stays as it is until it is mended by hand (P20). */
export interface Damaged {
  readonly kind: 'unreadable'
  readonly sagaId: SagaId
  readonly why: string
}

/** The store does not answer, or other writers were always faster. The request can be repeated. */
export interface Unavailable {
  readonly kind: 'unavailable'
  readonly why: string
  /** The write is durable, and a command of it is not delivered yet: the store is not away (P17). */
  readonly isOwing?: true
}
