import type { Persistency } from '../../../src/ports/persistency.ts'
import type { Gaps } from '../gaps.ts'

/** Lost with the link: the request, or its answer. */
export type Loss = 'request' | 'answer'

/**
 * The link to a store, controlled by the suite. A fault that cannot happen to a store is absent and declared as a gap.
 */
export interface StoreLink {
  /** Loses the write with this id, or its answer; the caller gets an error at once. */
  lose(what: Loss, writeId: string): void
  /** No request is answered until `thaw`; requests made meanwhile may be carried out then. */
  freeze(): void
  thaw(): void
  /** Connections are refused and requests in flight are lost, until `accept`. */
  refuse(): Promise<void>
  accept(): Promise<void>
  /** Delays everything by `ms`; 0 ends the delay. */
  slow(ms: number): void
  /** Kills the server in the middle of its work and starts it again on its data. */
  restart(): Promise<void>
}

/** An empty store and its link. */
export interface Reached {
  readonly store: Persistency
  readonly line: Partial<StoreLink>
  /** The same sagas as another process has them, past the link. Throws, or is empty, where no such way exists. */
  readonly another: () => Promise<Persistency>
  readonly close: () => Promise<void>
}

/** A store under the fault suite. */
export interface FaultSubject {
  open(): Promise<Reached>
  /** Milliseconds within which every call ends, whatever happens to the link: the store's time-outs and a margin. */
  readonly patience: number
  /** Secrets that no message may contain (C2.6). */
  readonly secrets?: () => readonly string[]
  /** Why reads are answered while writes are frozen, where they are. */
  readonly readsWhileFrozen?: string
  readonly gaps?: Gaps
}
