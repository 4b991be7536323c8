import type { BusinessTag } from '../machine/compile.ts'
import type { OperationRecord } from './operation-record.ts'
import type {
  CommandId,
  Command,
  DeadLetter,
  Debt,
  Delivery,
  EventId,
  EventIdentity,
  Hold,
  Instant,
  Metadata,
  ParkedEvent,
  SagaId,
  SendReport,
  Timer,
  WriteId,
} from './saga.ts'

/** All that one event adds to a saga: an entry of the history, a state, metadata, commands, a timer. */
export interface Step {
  readonly sagaId: SagaId
  /** Index in the history; 0 is the creation. */
  readonly number: number
  readonly at: Instant
  readonly event: { readonly id: EventId; readonly label: string; readonly business?: BusinessTag | undefined }
  readonly state: { readonly id: string; readonly isFinal: boolean; readonly business?: BusinessTag | undefined }
  readonly metadata: Metadata
  /** Keys at the top of the metadata that the step gave another value, for people. Absent without any, and at a creation. */
  readonly changed?: readonly string[] | undefined
  readonly owes: readonly Debt[]
  /** Sent once after the save, never owed (P5). */
  readonly sideEffects: readonly Command[]
  /** Hash of the machine that decided the step. */
  readonly machine: string
  /** Absent where the step follows a transition of the machine (I3). */
  readonly by?: StepCause | undefined
  /** The saga stays in its state: no command, and its timer and the instant of its entry are those of before. */
  readonly stays?: true | undefined
  readonly timer?: Timer | undefined
  /** Of the first step alone: values that never change. */
  readonly birth?: { readonly entity: string; readonly fingerprint?: string | undefined } | undefined
}

/** The cause of a step that is no transition of the machine (I3, P25). */
export type StepCause =
  /** An operator moved the saga, or changed its metadata. */
  | { readonly operation: string }
  /** The machine has another name for the state that the saga was in (P11). */
  | { readonly renamedFrom: string }

/** All that one save writes: a step, bookkeeping, or both (P1). */
export interface Change {
  readonly sagaId: SagaId
  readonly writeId: WriteId
  readonly at: Instant
  readonly step?: Step | undefined
  /** Debts that are known to be delivered. */
  readonly settled?: readonly CommandId[] | undefined
  /** Claims, which change `due` alone, and ended sends, which may raise `attempts` too. */
  readonly tried?: readonly Attempt[] | undefined
  /** Given up. A command among them is no longer owed; with a step, they are commands of that step (P5). */
  readonly dead?: readonly DeadLetter[] | undefined
  /** Commands owed again, such as one that is redelivered or resent at a deadline; a dead letter of the same id goes. */
  readonly revived?: readonly Debt[] | undefined
  /** Dead letters that go without being sent: dropped by an operator, or an event that this change's step has applied. */
  readonly dropped?: readonly DeadLetterId[] | undefined
  /** An event that is parked already takes its place with a new `due`. */
  readonly parked?: readonly ParkedEvent[] | undefined
  readonly unparked?: readonly EventIdentity[] | undefined
  /**
   * The timer after a resend, in place of the one armed by the same step; without effect where that timer is gone (P18). `null`: the
   * timer has done all that it had to do.
   */
  readonly timer?: Timer | null | undefined
  /** Of settled commands, for people and resends; without effect where the step leaves the state. */
  readonly deliveries?: readonly Delivery[] | undefined
  /** A hold that begins, or `null` for the end of one (P26). */
  readonly hold?: Hold | null | undefined
  /** Recorded with its effects, in one write (P25). */
  readonly operation?: OperationRecord | undefined
}

/** Identity of a dead letter: ids of commands and of events are not unique among each other. */
export type DeadLetterId = Pick<DeadLetter, 'kind' | 'id' | 'label'>

/** A new `due` of one debt. */
export interface Attempt {
  readonly id: CommandId
  readonly attempts: number
  readonly due: Instant
  /** A send was started and has ended; absent in a claim. */
  readonly started?: true
  /** End of that send, for people; absent in a claim. */
  readonly last?: SendReport | undefined
}
