/**
 * What a store cannot do, each with its reason. The suites assert every one of them, so that a gap that closes is noticed,
 * and docs/PERSISTENCY.md tells them.
 */
export interface Gaps {
  /** Metadata with more levels of nesting is `too-large`. */
  readonly depth?: { readonly levels: number; readonly why: string }
  /** Half of a surrogate pair comes back as U+FFFD. */
  readonly loneSurrogates?: string
  /** Metadata with a key that holds U+0000 is `too-large`. */
  readonly nulInKeys?: string
  /** Metadata with `{ "$ref": "a.b", "$id": … }` is `too-large`. */
  readonly dottedReferences?: string
  /** Of two writers at the same instant one may overwrite the other, and neither is told (I8, P17). */
  readonly rivals?: string
  /** What is read may be rolled back with what was written: plain data, since no suite can make a service forget (P9). */
  readonly rollback?: string
  /** No suite can damage what it keeps, or the damage cannot be told from an outage. */
  readonly damage?: string
  /** Kinds of trouble that cannot befall it. */
  readonly trouble?: FaultGaps
}

/** What may go wrong between a process and its store; the fault suite does each of them to every store that it can befall. */
export const FAULT_KINDS = ['lost', 'frozen', 'refused', 'slow', 'restarted', 'neighbours'] as const
/** A fault between a process and its store. */
export type FaultKind = (typeof FAULT_KINDS)[number]
/** Faults that cannot happen to a store, with the reason. */
export type FaultGaps = Readonly<Partial<Record<FaultKind, string>>>
