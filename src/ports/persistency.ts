import type { SagaDocument } from '../codec/document.ts'
import type { Change, EventId, Instant, Saga, SagaId } from '../engine/saga.ts'
import type { Health } from './health.ts'

/**
 * Where sagas are kept. A store that throws from `save` says: the fate of the write is unknown (P6). Every other outcome is
 * an answer. `load`, `applied` and `document` see only what cannot be rolled back (P9).
 */
export interface Persistency {
  /** For people: `sqlite`, `durable-object`, … */
  readonly name: string
  readonly can: Capabilities
  load(id: SagaId): Promise<Loaded | undefined>
  /**
   * Writes `change`, whose outcome for the head is `next`, if the stored saga is still the one that `basis` was read from
   * (P2), or if there is none and `basis` is `absent`. Writes that meet inside one store are grouped by it.
   *
   * - `saved`: durable; also when this very change (same `writeId`) is already the newest one (P6).
   * - `conflict`: somebody else wrote in between, or the saga exists already.
   * - `duplicate`: the step's event (id and label) is in the history already (I4).
   * - `too-large`: the store's own limit; nothing was written (P24).
   */
  save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved>
  /** Whether the history holds this event. Asked only where `decide` could not move. */
  applied(id: SagaId, event: EventId, label: string): Promise<boolean>
  /** Head and whole history, for people and for the API. */
  document(id: SagaId): Promise<SagaDocument | undefined>
  probe(): Promise<Health>
  close(): Promise<void>
}

/** What a store can do, said once; the contract suite checks every word of it (P17). */
export interface Capabilities {
  readonly compareAndSet: 'always' | 'when-tagged'
  /** Whether another process may write the same sagas at the same time (P12). */
  readonly shared: boolean
  /** Cost of a step in a long saga: an append, or the whole document again. */
  readonly growth: 'append' | 'document'
  readonly recovery: RecoveryBySweep | { readonly by: 'alarm' } | { readonly by: 'redelivery' }
  readonly list: false | { page(query: ListQuery): Promise<Page> }
  /** Taking away final sagas that owe nothing and were written last before `before`; answers how many, at most `limit`. */
  readonly removal: false | { removeFinal(before: Instant, limit: number): Promise<number> }
  /** A mark that a store has been taken into use: asked for only where it is not shared (P22). */
  readonly adoption: false | { isAdopted(): Promise<boolean>; adopt(): Promise<void> }
  /** Bytes of metadata that surely fit; `false` where the store sets no limit below a gigabyte (P24). */
  readonly limit: false | number
}

/** Recovery by queries: the orchestrator asks the store for sagas that are due. */
export interface RecoveryBySweep {
  readonly by: 'sweep'
  /**
   * Sagas whose `due` is not after `now`, earliest first, ready to be written: no second read (P17). `after` leaves out what
   * comes before that place and the place itself, so that a backlog can be read past page by page; none is left out for good.
   */
  findDue(now: Instant, limit: number, after?: DuePlace): Promise<readonly Loaded[]>
}

/**
 * A place in the order of what is due: that of a saga that was found there. Each store has one order of its own for those that
 * are due at the same instant; where the saga has left its place, these may come again.
 */
export interface DuePlace {
  readonly due: Instant
  readonly id: SagaId
}

/**
 * Told of a saga that is in the store and cannot be read: `findDue`, lists and removal pass it over, and whoever asks for it by
 * its id gets the error `saga-unreadable`. One damaged saga is in nobody's way (P20).
 */
export type PassOver = (id: SagaId, why: string) => void

/** What a save is conditional on; only the store that gave it knows what is inside (P2). */
export type Basis = { readonly __basis: never } | string

/** The head of a saga as it is stored, and the basis of the next write to it. */
export interface Loaded {
  readonly saga: Saga
  readonly basis: Basis
}

/** The outcome of a write. */
export type Saved =
  /** Unguarded: nothing in the store holds the next writer to this basis, so nobody may remember it (P17). */
  | { readonly kind: 'saved'; readonly basis: Basis; readonly isUnguarded?: true }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'too-large'; readonly limit: number }

/** A saga whose stored form is damaged, and why it cannot be read (P20). */
export interface Unreadable {
  readonly id: SagaId
  readonly why: string
}

/** Filters of `GET /sagas`; instants are of the creation, `since` included, `until` not. */
export interface ListQuery {
  readonly currentState?: string | undefined
  readonly businessStateId?: string | number | undefined
  readonly isFinal?: boolean | undefined
  readonly associatedEntityId?: string | undefined
  readonly since?: Instant | undefined
  readonly until?: Instant | undefined
  readonly limit: number
  readonly after?: Cursor | undefined
}

/** The last saga of the page before: newest creation first, then id. */
export interface Cursor {
  readonly createdAt: Instant
  readonly id: SagaId
}

/** A page of a list, newest creation first. */
export interface Page {
  /** Heads without their metadata: nobody lists it, and a page of it may be a gigabyte. */
  readonly items: readonly Omit<Saga, 'metadata'>[]
  /** Sagas of this page that cannot be read; with the items they are no more than were asked for. */
  readonly unreadable?: readonly Unreadable[] | undefined
  readonly next?: Cursor | undefined
}
