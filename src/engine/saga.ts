import type { BusinessTag } from '../machine/compile.ts'

/** Milliseconds since the epoch, handed in by the caller: the engine never looks at a clock. */
export type Instant = number
/** Milliseconds. */
export type Duration = number
export type SagaId = string
/** `<saga>/<step>/<index>`: the same for every repeat of a command (I7, P5). */
export type CommandId = string
/** With the label it is the identity of an event (P7). */
export type EventId = string
/** Names one write; the same when the same write is tried again (P6). */
export type WriteId = string
/** A JSON object. What a value inside it may be is the participants' affair. */
export type Metadata = Readonly<Record<string, unknown>>

/** Where a saga stands, without its history. Immutable; the next one is `evolve(saga, change)`. */
export interface Saga {
  readonly id: SagaId
  /** The reference's `associatedEntityId`. */
  readonly entity: string
  readonly state: string
  readonly latestEvent: string
  readonly isFinal: boolean
  readonly business?: BusinessTag | undefined
  /** Number of steps so far, the creation included. */
  readonly length: number
  readonly metadata: Metadata
  /** Commands decided and not yet known to be delivered, oldest first (I2, P3). */
  readonly owed: readonly Debt[]
  /** Commands that were given up; visible and re-sendable. */
  readonly deadLetters: readonly DeadLetter[]
  /** Events that came too early and are kept to be offered again (P10). */
  readonly parked: readonly ParkedEvent[]
  /** The deadline of the state it stands in, if that state has one (P18). */
  readonly timer?: Timer | undefined
  /** When the sweep must look at this saga again: the earliest of debts, timer and parked events (P4). */
  readonly due?: Instant | undefined
  /** Of the body that created it under an idempotency key (P8). */
  readonly fingerprint?: string | undefined
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** A fact that happened, told to one saga. */
export interface SagaEvent {
  readonly id: EventId
  readonly sagaId: SagaId
  readonly label: string
  readonly payload: Metadata
  /** W3C `traceparent` that came beside the message; handed on with the commands of its step (C3.5). */
  readonly trace?: string | undefined
  /** Where it came in, for people: `events/3/1207` is a topic's record. Not kept. */
  readonly origin?: string | undefined
  /** What its payload does not say as it was written. Not kept. */
  readonly inexact?: InexactNumbers | undefined
}

/** Numbers that became others when they were read: a double holds no more than 15 to 17 digits, and nothing beyond 1.8e308. */
export interface InexactNumbers {
  /** Of the first one: where it stands, what was written and what is kept, which is null beyond all doubles. */
  readonly path: string
  readonly literal: string
  readonly becomes: string
  readonly count: number
}

/** What somebody asks for when a saga is to begin. */
export interface Creation {
  readonly id: SagaId
  /** Id of the creation as an event: derived from the idempotency key where there is one (P8). */
  readonly eventId: EventId
  readonly entity: string
  readonly metadata: Metadata
  readonly fingerprint?: string | undefined
  readonly trace?: string | undefined
}

/** Something a participant is asked to do. `payload` is the saga's whole metadata as its step left it (C3.1). */
export interface Command {
  readonly id: CommandId
  readonly sagaId: SagaId
  readonly label: string
  readonly channel: string
  readonly payload: Metadata
  readonly trace?: string | undefined
}

/** A command the saga owes to a participant (P3, P4). */
export interface Debt {
  readonly id: CommandId
  readonly label: string
  readonly channel: string
  /** Absent while the debt belongs to the newest step: then it is the head's metadata (P5). */
  readonly payload?: Metadata | undefined
  readonly trace?: string | undefined
  /** Answers other than success so far; a silent participant does not count (P15). */
  readonly attempts: number
  readonly since: Instant
  /** Nobody but the holder of the lease sends it before this (P12). */
  readonly due: Instant
  /** It was sent at least once, to no success; a claim alone does not count, as it may have found no room (P13). */
  readonly tried?: true
}

export interface DeadLetter {
  readonly id: CommandId
  readonly label: string
  readonly channel: string
  readonly payload: Metadata
  readonly trace?: string | undefined
  readonly why: string
  readonly since: Instant
  readonly attempts: number
}

export interface ParkedEvent {
  readonly event: SagaEvent
  readonly since: Instant
  readonly expires: Instant
}

export interface Timer {
  /** The step that armed it: its event counts only while that step is the newest (P18). */
  readonly step: number
  readonly deadline: Instant
  readonly resends: number
  readonly event?: string | undefined
}

/** What one event adds to a saga: one entry in the history, a new head, the commands it owes. */
export interface Step {
  readonly sagaId: SagaId
  /** Place in the history; 0 is the creation. */
  readonly number: number
  readonly at: Instant
  readonly event: { readonly id: EventId; readonly label: string; readonly business?: BusinessTag | undefined }
  readonly state: { readonly id: string; readonly isFinal: boolean; readonly business?: BusinessTag | undefined }
  readonly metadata: Metadata
  readonly owes: readonly Debt[]
  /** Tried once after the save, never owed (P5). */
  readonly sideEffects: readonly Command[]
  /** Short hash of the machine that decided it. */
  readonly machine: string
  readonly timer?: Timer | undefined
  /** Only the first step has it: what a saga is born with. */
  readonly birth?: { readonly entity: string; readonly fingerprint?: string | undefined } | undefined
}

/** What one save writes: a step, or bookkeeping without one (P1). */
export interface Change {
  readonly sagaId: SagaId
  readonly writeId: WriteId
  readonly at: Instant
  readonly step?: Step | undefined
  /** Debts known to be delivered. */
  readonly settled?: readonly CommandId[] | undefined
  /** A claim (only `due` moves) or a counted attempt. */
  readonly tried?: readonly Attempt[] | undefined
  readonly dead?: readonly DeadLetter[] | undefined
  readonly revived?: readonly CommandId[] | undefined
  readonly parked?: readonly ParkedEvent[] | undefined
  readonly unparked?: readonly EventId[] | undefined
}

export interface Attempt {
  readonly id: CommandId
  readonly attempts: number
  readonly due: Instant
  /** The send was started and has ended; absent in a claim. */
  readonly started?: true
}
