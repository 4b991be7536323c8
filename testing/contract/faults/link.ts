import type { Persistency } from '../../../src/ports/persistency.ts'
import type { Gaps } from '../gaps.ts'

/** What is lost with a line: what was asked, or what was answered. */
export type Loss = 'request' | 'answer'

/** The way to a store, in the hands of the suite. What cannot befall a store is not there, and declared as a gap. */
export interface StoreLink {
  /** The write with this id, or its answer, does not arrive; whoever waits for it is told so at once. */
  lose(what: Loss, writeId: string): void
  /** Nothing that is asked is answered, until `thaw`; what was asked meanwhile may be done then. */
  freeze(): void
  thaw(): void
  /** Nobody is there, and what was under way is gone, until `accept`. */
  refuse(): Promise<void>
  accept(): Promise<void>
  /** Everything takes so many ms longer; 0: no longer. */
  slow(ms: number): void
  /** The server ends in the middle of its work and comes back with what it had acknowledged. */
  restart(): Promise<void>
}

/** A store with nothing in it, and its line. */
export interface Reached {
  readonly store: Persistency
  readonly line: Partial<StoreLink>
  /** The same sagas as another process has them, past the line. Throws, or sees none of them, where there is no such way. */
  readonly another: () => Promise<Persistency>
  readonly close: () => Promise<void>
}

/** What the fault suite has to know of a store. */
export interface FaultSubject {
  open(): Promise<Reached>
  /** Milliseconds within which every call ends, whatever becomes of the line: its time-outs, and some time to notice. */
  readonly patience: number
  /** What no message may hold (C2.6). */
  readonly secrets?: () => readonly string[]
  /** Why reads are answered while writes are frozen, where they are. */
  readonly readsWhileFrozen?: string
  readonly gaps?: Gaps
}
