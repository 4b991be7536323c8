/**
 * Gaps of a store, each with its reason. The suites assert them, so that a gap that closes fails a test, and
 * docs/PERSISTENCY.md lists them.
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
  /** Of two writers at the same instant one may overwrite the other without either knowing (I8, P17). */
  readonly rivals?: string
  /** A read may see writes that are rolled back later: a reason only, since no suite can make a service forget (P9). */
  readonly rollback?: string
  /** The suite cannot damage stored data, or the store cannot tell damage from an outage. */
  readonly damage?: string
  /** Faults that cannot happen to it. */
  readonly trouble?: FaultGaps
}

/** Faults between a process and its store; the fault suite causes each of them where it can happen. */
export const FAULT_KINDS = ['lost', 'frozen', 'refused', 'slow', 'restarted', 'neighbours'] as const
/** A fault between a process and its store. */
export type FaultKind = (typeof FAULT_KINDS)[number]
/** Faults that cannot happen to a store, with the reason. */
export type FaultGaps = Readonly<Partial<Record<FaultKind, string>>>
