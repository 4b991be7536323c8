import type { BusinessTag } from '../machine/compile.ts'
import type { OperationRecord } from './operation-record.ts'

/** Milliseconds since the epoch. The caller hands it in: the engine reads no clock. */
export type Instant = number
/** Milliseconds. */
export type Duration = number
/** The id of a saga, made of the idempotency key where there is one (P8), else a new UUIDv7. */
export type SagaId = string
/** `<saga>/<step>/<index>`: the same for every repeat of a command (I7, P5). */
export type CommandId = string
/** With the label it is the identity of an event (P7). */
export type EventId = string
/** Names one write; the same when the same write is tried again (P6). */
export type WriteId = string
/** A JSON object. The engine reads none of its values. */
export type Metadata = Readonly<Record<string, unknown>>
/** Headers that a message hands on to the commands of its step, names in lower case (C3.6). */
export type HandedOnHeaders = Readonly<Record<string, string>>

/** The head of a saga: everything but its history. Immutable; the next head is `evolve(saga, change)`. */
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
  /** Commands and events that were given up, oldest first: visible, and can be redelivered. */
  readonly deadLetters: readonly DeadLetter[]
  /** Events that came too early, kept until they fit or expire (P10). */
  readonly parked: readonly ParkedEvent[]
  /** The timer of the current state; absent where the state has none (P18). */
  readonly timer?: Timer | undefined
  /** Commands of the newest step that were delivered, for people; absent where the next step settled them with its own write. */
  readonly delivered?: readonly Delivery[] | undefined
  /** Present while the saga is held: it takes no event, fires no timer and sends nothing (P26). */
  readonly hold?: Hold | undefined
  /** Actions of operators on the saga, oldest first (P25); at most `MOST_OPERATIONS`. Absent without any. */
  readonly operations?: readonly OperationRecord[] | undefined
  /**
   * When the sweep must look at this saga again: the earliest of debts, timer and parked events; while it is held, of the end of the
   * hold and the parked events (P4, P26).
   */
  readonly due?: Instant | undefined
  /** Of the body that created it under an idempotency key (P8). */
  readonly fingerprint?: string | undefined
  readonly createdAt: Instant
  readonly updatedAt: Instant
  /** When the saga entered its state. Absent in a saga that an earlier version moved last. */
  readonly enteredAt?: Instant | undefined
  /** Number of the step that entered the state; absent where that is the newest one, and in data of earlier versions. */
  readonly enteringStep?: number | undefined
}

/** Message of one saga that something happened. */
export interface SagaEvent {
  readonly id: EventId
  readonly sagaId: SagaId
  readonly label: string
  readonly payload: Metadata
  /** W3C `traceparent` of the message; the commands of its step carry it too (C3.5). */
  readonly trace?: string | undefined
  /** Headers of the message that are handed on to the commands of its step (C3.6). */
  readonly headers?: HandedOnHeaders | undefined
  /** Source of the message, for log lines: `events/3/1207` is topic, partition and offset. Never stored. */
  readonly origin?: string | undefined
  /** Id of the HTTP request, for log lines. Never stored. */
  readonly requestId?: string | undefined
  /** Numbers that reading has changed. Never stored. */
  readonly inexact?: InexactNumbers | undefined
}

/** Identity of an event: a participant may copy one id onto events of several labels (P7). */
export type EventIdentity = Pick<SagaEvent, 'id' | 'label'>

/** An event as a saga stores it: nothing that only the process which received it can use. `keptOf` makes it of an event. */
export interface KeptEvent extends Omit<SagaEvent, 'origin' | 'requestId' | 'inexact'> {
  readonly origin?: never
  readonly requestId?: never
  readonly inexact?: never
}

/** Numbers that reading has changed: a double holds 15 to 17 digits, and nothing beyond 1.8e308. */
export interface InexactNumbers {
  /** JSON path, text and new value of the first one; beyond 1.8e308 the new value is null. */
  readonly path: string
  readonly literal: string
  readonly becomes: string
  readonly count: number
}

/** Input of a saga's first step. */
export interface Creation {
  readonly id: SagaId
  /** Id of the creation as an event: derived from the idempotency key where there is one (P8). */
  readonly eventId: EventId
  readonly entity: string
  readonly metadata: Metadata
  readonly fingerprint?: string | undefined
  readonly trace?: string | undefined
  /** Headers of the message that are handed on to the commands of its step (C3.6). */
  readonly headers?: HandedOnHeaders | undefined
}

/**
 * Message that asks a participant to act. `payload` is the whole metadata of the saga after the command's step (C3.1); empty beside
 * the `body` of a hook.
 */
export interface Command {
  readonly id: CommandId
  readonly sagaId: SagaId
  readonly label: string
  readonly channel: string
  readonly payload: Metadata
  readonly trace?: string | undefined
  /** Handed on from the message of its step; part of the command's bytes (C3.6, P29). */
  readonly headers?: HandedOnHeaders | undefined
  /** Result of a command hook, as JSON text: the whole message in place of label and payload (C2.7, P5). */
  readonly body?: string | undefined
}

/** An entry of the saga's outbox: a command not yet known to be delivered (P3, P4). */
export interface Debt {
  readonly id: CommandId
  readonly label: string
  readonly channel: string
  /** Absent while the debt belongs to the newest step: then it is the head's metadata (P5). */
  readonly payload?: Metadata | undefined
  readonly trace?: string | undefined
  /** Handed on from the message of its step; part of the command's bytes (C3.6, P29). */
  readonly headers?: HandedOnHeaders | undefined
  /** Result of a command hook, as JSON text: the whole message in place of label and payload (C2.7, P5). */
  readonly body?: string | undefined
  /** Answers other than success so far; a silent participant does not count (P15). */
  readonly attempts: number
  readonly since: Instant
  /** Time since then that the saga was held: it does not count against the participant (P15, P26). */
  readonly held?: Duration | undefined
  /** End of the lease or of the backoff: until then only the holder of the lease may send it (P12). */
  readonly due: Instant
  /** A send of it has ended without success. A claim alone does not count, because its send may never have started (P13). */
  readonly tried?: true
  /**
   * `due` is the end of a lease: a process sends the command, or holds it to send it. Absent in a backoff; a debt that was never tried
   * needs no mark, since its `due` is always that of a lease.
   */
  readonly claimed?: true | undefined
  /** Sends that have ended, silent ones included; absent before the first. For people: `attempts` counts answers alone (P15). */
  readonly sends?: number | undefined
  /** End of the newest send, for people. */
  readonly last?: SendReport | undefined
}

/** The end of one send without success. */
export interface SendReport {
  readonly at: Instant
  /** Status of the answer; absent where there was none. */
  readonly status?: number | undefined
  /** Up to the first 1,000 bytes of the answer, secrets redacted; without an answer the reason. */
  readonly answer?: string | undefined
}

/** A command that its participant has accepted. */
export interface Delivery {
  readonly id: CommandId
  readonly label: string
  readonly channel: string
  /** When it was owed first. */
  readonly since: Instant
  readonly at: Instant
  /** Sends until then, this one included. */
  readonly sends: number
  /** Like those of the debt: with the metadata of the state they make the same bytes for a resend (P18, P25). */
  readonly trace?: string | undefined
  readonly headers?: HandedOnHeaders | undefined
  readonly body?: string | undefined
}

/** The reason why a saga stands still on purpose (P26). */
export interface Hold {
  readonly since: Instant
  /** The saga goes on by itself then; absent where an operator must release it. */
  readonly until?: Instant | undefined
  /** A creation with a later beginning: commands and side effects of its first step are due at `until`. */
  readonly isBeginning?: true | undefined
  /** Side effects that it has kept back: of the first step, or of a step by hand. They are sent once when it ends. */
  readonly sideEffects?: readonly KeptSideEffect[] | undefined
}

/** A side effect that waits for the end of a hold. Its payload is the head's metadata then, empty beside a hook's message. */
export type KeptSideEffect = Omit<Command, 'sagaId' | 'payload'>

/** A message that was given up. Only an event has a `kind`: letters of commands were stored before there were others. */
export type DeadLetter = DeadCommand | DeadEvent

/** A command that is no longer sent: too many answers without success (P15), or a hook that threw (P5). */
export interface DeadCommand extends DeadMessage {
  readonly kind?: undefined
  readonly id: CommandId
  readonly channel: string
  /** Result of a command hook, as JSON text: the whole message in place of label and payload (C2.7, P5). */
  readonly body?: string | undefined
  /**
   * The command hook failed, so there is no message to send: the hook must run again, with `payload` as the metadata and the
   * history up to the step in `id` (P5).
   */
  readonly hookFailed?: true
  /**
   * The store had no room for the message of the command, or for that of its hook. As long as the saga has not moved, its payload is
   * that of the head; the message of a hook is gone.
   */
  readonly lost?: 'payload' | 'body' | undefined
}

/** An event that could not be applied when it was offered again (P10). */
export interface DeadEvent extends DeadMessage {
  readonly kind: 'event'
  readonly id: EventId
}

interface DeadMessage {
  readonly label: string
  readonly payload: Metadata
  readonly trace?: string | undefined
  readonly headers?: HandedOnHeaders | undefined
  /** Reason, for people. */
  readonly why: string
  readonly since: Instant
  /** Answers without success before it was given up; 0 for an event. */
  readonly attempts: number
  /** End of the last send; absent for an event. */
  readonly last?: SendReport | undefined
}

/** An event that the saga offers to its state again after every move, until it expires (P10). */
export interface ParkedEvent {
  readonly event: KeptEvent
  readonly since: Instant
  readonly expires: Instant
  /**
   * When the sweep offers it, unless its own turn has done so: the state lists it, or no machine could tell (P11). Without effect
   * while the saga is held.
   */
  readonly due?: Instant | undefined
}

/** Bounds of the events that one saga keeps (P10). */
export interface ParkingBounds {
  /** Most events. */
  readonly limit: number
  readonly timeToLive: Duration
}

/** Deadline of one visit of a state. */
export interface Timer {
  /** Number of the step that armed it: its event counts only while that step is the newest (P18). */
  readonly step: number
  /** When the next resend, or the event, is due. */
  readonly deadline: Instant
  /** Times that the command of the state is still sent again before the event fires. */
  readonly resends: number
  /** Label of the event; absent where only the command is sent again. */
  readonly event?: string | undefined
}
