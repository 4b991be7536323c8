import type { SagaDocument } from '../codec/saga-document.ts'
import type { MarkFilter } from '../codec/mark-filter.ts'
import type { StateCount } from '../codec/state-count.ts'
import type { Change } from '../engine/change.ts'
import type { EventId, Instant, Saga, SagaId } from '../engine/saga.ts'
import type { Health } from './health.ts'

/**
 * A store of sagas. A throw from `save` means that the fate of the write is unknown (P6); every other outcome is an answer.
 * `load`, `applied` and `document` see only what cannot be rolled back (P9).
 */
export interface Persistency {
  /** Name for logs and messages: `sqlite`, `durable-object`, … */
  readonly name: string
  readonly can: Capabilities
  load(id: SagaId): Promise<Loaded | undefined>
  /**
   * Writes `change`, which makes the head `next`, if the stored saga is still the one that `basis` was read from (P2), or if
   * none is stored and `basis` is `absent`. A store groups writes that come together.
   *
   * - `saved`: durable; also where this very change (same `writeId`) is the newest write already (P6).
   * - `conflict`: another writer was first, or the saga exists already.
   * - `duplicate`: the step's event (id and label) is in the history already (I4).
   * - `too-large`: beyond the store's own limit; nothing was written (P24).
   */
  save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved>
  /** True where the history has this event. Asked only where `decide` could not move, or the step was too large. */
  applied(id: SagaId, event: EventId, label: string): Promise<boolean>
  /** Head and whole history, as the API shows them. */
  document(id: SagaId): Promise<SagaDocument | undefined>
  probe(): Promise<Health>
  close(): Promise<void>
}

/** Capabilities of a store; the contract suite checks each of them (P17). */
export interface Capabilities {
  readonly compareAndSet: 'always' | 'when-tagged'
  /** True where other processes may write the same sagas at the same time (P12). */
  readonly shared: boolean
  /** Cost of a step in a long saga: an append, or the whole document. */
  readonly growth: 'append' | 'document'
  readonly recovery: RecoveryBySweep | { readonly by: 'alarm' } | { readonly by: 'redelivery' }
  readonly list: false | { page(query: ListQuery): Promise<Page> }
  /**
   * Removes final sagas that owe nothing and were last written before `before`, at most `limit`; answers their number.
   */
  readonly removal: false | { removeFinal(before: Instant, limit: number): Promise<number> }
  /**
   * Numbers of sagas by state, in the order of the states; a state without a saga is not among them. A saga that cannot be read counts
   * in its state without its marks. Sagas move meanwhile, so the numbers are of no single instant. It may take a second at a million
   * sagas. `Uncounted` where the store has no numbers of these filters, or not yet. `false` where it would have to send every saga.
   */
  readonly counts: false | { count(query: CountQuery): Promise<readonly StateCount[] | Uncounted> }
  /** Small texts beside the sagas, such as paused channels and bulk operations; `false` where the store has no place for them. */
  readonly records: false | RecordStore
  /** A mark that the store is in use; needed only where it is not shared (P22). */
  readonly adoption: false | { isAdopted(): Promise<boolean>; adopt(): Promise<void> }
  /** Bytes of metadata that always fit; `false` where the store sets no limit below a gigabyte (P24). */
  readonly limit: false | number
}

/**
 * Records of the service itself, seen by every process that shares the store. Keys are printable ASCII of at most 1,000 characters, in
 * the order of their bytes.
 */
export interface RecordStore {
  read(key: string): Promise<StoredRecord | undefined>
  /**
   * Writes a text of at most 48 KiB, if the record still has the version that was read, or is `absent`. `undefined`: another process
   * was first. A throw means that the fate of the write is unknown.
   */
  write(key: string, text: string, version: string | 'absent'): Promise<StoredRecord | undefined>
  /** Keys that begin with `prefix`, in ascending order, after `after`, at most `limit`. */
  keys(prefix: string, limit: number, after?: string): Promise<readonly string[]>
  remove(key: string): Promise<void>
}

/** A record as it is stored. */
export interface StoredRecord {
  readonly text: string
  /** Opaque; a new one with each write. */
  readonly version: string
}

/** Recovery by queries: the orchestrator asks the store for sagas that are due. */
export interface RecoveryBySweep {
  readonly by: 'sweep'
  /**
   * Sagas whose `due` is not after `now`, earliest first, with their bases, so that a write needs no second read (P17). `after`
   * skips everything up to and including that place, so that a backlog can be read page by page; no saga is skipped for good.
   */
  findDue(now: Instant, limit: number, after?: DuePlace): Promise<readonly Loaded[]>
  /**
   * Sagas that owe a command (`isResting` does not hold of them) and are due after a place, however late; earliest first. Sagas that
   * only wait for a deadline are not among them, and are not read. Default: `findDue` with the latest instant there is.
   */
  findOwing?(limit: number, after: DuePlace): Promise<readonly Loaded[]>
}

/**
 * Place of a saga in the order of due sagas. Each store orders sagas of the same instant in its own way; where the saga has
 * left its place, those of its instant may come again.
 */
export interface DuePlace {
  readonly due: Instant
  readonly id: SagaId
  /** The saga owed no command that may be sent, and waited for a deadline alone. */
  readonly isResting?: boolean | undefined
}

/**
 * Called for a stored saga that cannot be read. `findDue`, lists and removal skip it, and a read by its id throws
 * `saga-unreadable`: one damaged saga blocks no other (P20).
 */
export type PassOver = (id: SagaId, why: string) => void

/** Condition of a save, opaque outside of the store that made it (P2). */
export type Basis = { readonly __basis: never } | string

/** The head of a saga as it is stored, and the basis of the next write to it. */
export interface Loaded {
  readonly saga: Saga
  readonly basis: Basis
}

/** The outcome of a write. */
export type Saved =
  /** `isUnguarded`: the store holds no next writer to this basis, so the basis must not be remembered (P17). */
  | { readonly kind: 'saved'; readonly basis: Basis; readonly isUnguarded?: true }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'too-large'; readonly limit: number }

/** A saga whose stored form is damaged, and why it cannot be read (P20). */
export interface Unreadable {
  readonly id: SagaId
  readonly why: string
}

/** Filters of `GET /sagas`. `since` (inclusive) and `until` (exclusive) bound the instant of creation. */
export interface ListQuery extends MarkFilter {
  readonly currentState?: string | undefined
  readonly businessStateId?: string | number | undefined
  readonly isFinal?: boolean | undefined
  readonly associatedEntityId?: string | undefined
  readonly since?: Instant | undefined
  readonly until?: Instant | undefined
  readonly limit: number
  readonly after?: Cursor | undefined
}

/** Filters of the sagas that are counted. */
export type CountQuery = Omit<ListQuery, 'limit' | 'after'>

/** No numbers, and why. */
export interface Uncounted {
  /** Completes the sentence "the sagas are not counted: …". */
  readonly why: string
}

/** Last saga of the previous page, in the order newest creation first, then id. */
export interface Cursor {
  readonly createdAt: Instant
  readonly id: SagaId
}

/** A page of a list, newest creation first. */
export interface Page {
  /** Heads without metadata: a page with it could take a gigabyte. */
  readonly items: readonly Omit<Saga, 'metadata'>[]
  /** Sagas of this page that cannot be read; with the items at most `limit`. */
  readonly unreadable?: readonly Unreadable[] | undefined
  readonly next?: Cursor | undefined
}
