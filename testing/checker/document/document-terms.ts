import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { Duration, Instant } from '../../../src/engine/saga.ts'
import type { MachineOf } from '../path.ts'

/** What the judge of one stored saga knows beside it. */
export interface DocumentTerms {
  /** Entries of other machines are not judged by a machine. */
  readonly machineOf: MachineOf
  /** By the clock of the judge. */
  readonly now: Instant
  /** Time that due work may take before it is late. */
  readonly slack: Duration
  /** Most parked events (P10). Absent: not judged. */
  readonly parkingLimit?: number | undefined
}

/** A broken rule of a stored saga, and why. */
export type Flaw = readonly [rule: string, why: string]

/** A rule of one stored saga. */
export type DocumentRule = (document: SagaDocument, terms: DocumentTerms) => Iterable<Flaw>
