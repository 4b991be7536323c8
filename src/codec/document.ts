import type {
  DeadLetter,
  Debt,
  Delivery,
  Hold,
  Instant,
  KeptEvent,
  Metadata,
  ParkedEvent,
  Saga,
  SendReport,
  Timer,
  WriteId,
} from '../engine/saga.ts'
import type { OperationRecord } from '../engine/operation-record.ts'
import type { Step } from '../engine/change.ts'
import { RELEASED } from './head.ts'
import { marksOf } from './mark-filter.ts'
import type { BusinessTag } from '../machine/compile.ts'

/** A saga as `GET /sagas/:id` answers it: the reference's fields and ours (C5). Instants are ISO 8601 in UTC. */
export interface SagaDocument {
  readonly sagaId: string
  readonly associatedEntityId: string
  readonly currentState: string
  readonly latestEvent: string
  readonly isFinal: boolean
  readonly businessStateId?: string | number
  readonly businessStateDescription?: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly history: {
    readonly states: readonly StateEntry[]
    readonly events: readonly EventEntry[]
    /** Actions of operators, oldest first; absent where there are none (P25). */
    readonly operations?: readonly OperationEntry[]
  }
  /** When the saga entered its state; absent where an earlier version moved it last. */
  readonly stateSince?: string
  readonly owed?: readonly DebtDocument[]
  readonly deadLetters?: readonly DeadLetterDocument[]
  readonly parked?: readonly ParkedDocument[]
  readonly timer?: TimerDocument
  /** Delivered commands of the newest step; absent where there are none. */
  readonly delivered?: readonly DeliveryDocument[]
  /** Present while the saga is held (P26). */
  readonly hold?: HoldDocument
}

/** An action of an operator (P25). Instants are ISO 8601 in UTC. */
export interface OperationEntry extends Omit<OperationRecord, 'at' | 'fingerprint'> {
  readonly at: string
}

/** A delivered command. Instants are ISO 8601 in UTC. */
export interface DeliveryDocument {
  readonly id: string
  readonly label: string
  readonly channel: string
  readonly since: string
  readonly at: string
  readonly sends: number
}

/** The hold of a saga (P26). Instants are ISO 8601 in UTC. */
export interface HoldDocument {
  readonly since: string
  readonly until?: string
}

/** A state that the saga entered (C5). */
export interface StateEntry {
  readonly state: string
  readonly timestamp: string
  readonly businessStateId?: string | number
  readonly businessStateDescription?: string
}

/** `id` and `machine` are ours: the reference and its stores keep unknown fields of the history (C5). */
export interface EventEntry {
  readonly event: string
  readonly timestamp: string
  readonly businessEventId?: string | number
  readonly businessEventDescription?: string
  readonly id: string
  readonly machine: string
  /** An operator's action made the step: the id of its record in `history.operations` (P25). */
  readonly operation?: string
  /** The machine has another name for this former state (P11). */
  readonly renamedFrom?: string
}

/** A command of the outbox, without its payload and headers: headers may hold credentials and personal data (C3.6). */
export interface DebtDocument {
  readonly id: string
  readonly label: string
  readonly channel: string
  readonly attempts: number
  readonly since: string
  readonly due: string
  /** When it is sent again; absent while a process sends it or holds it to send it, and where a restart made it due at once. */
  readonly nextTry?: string
  /** Sends that have ended without success, silent ones included; absent before the first. */
  readonly sends?: number
  /** End of the newest send; absent before the first. */
  readonly last?: SendReportDocument
}

/** End of a send without success: status and first bytes of the answer, or the reason why there was none. */
export interface SendReportDocument {
  readonly at: string
  readonly status?: number
  readonly answer?: string
}

/** A command or an event that was given up, without its headers (C3.6); only a command has a `channel`. */
export interface DeadLetterDocument {
  readonly kind: 'command' | 'event'
  readonly id: string
  readonly label: string
  readonly channel?: string
  /** Empty beside `body`. */
  readonly payload: Metadata
  /** The message that a command hook made, in place of label and payload (C2.7). */
  readonly body?: unknown
  readonly trace?: string
  readonly why: string
  readonly since: string
  readonly attempts: number
  /** End of the last send; absent for an event. */
  readonly last?: SendReportDocument
}

/** An event that waits for its state (P10), without its headers (C3.6). Instants are ISO 8601 in UTC. */
export interface ParkedDocument {
  readonly event: Omit<KeptEvent, 'headers'>
  readonly since: string
  readonly expires: string
}

/** The deadline of the current state (P18). Instants are ISO 8601 in UTC. */
export interface TimerDocument {
  readonly step: number
  readonly deadline: string
  readonly resends: number
  readonly event?: string
}

/** A saga as `GET /sagas` lists it: the document without history, metadata and bookkeeping (C5). */
export interface SagaSummary extends Omit<
  SagaDocument,
  'metadata' | 'history' | 'stateSince' | 'owed' | 'deadLetters' | 'parked' | 'timer' | 'delivered' | 'hold'
> {
  readonly createdAt: string
  readonly updatedAt: string
  readonly due?: string
  /** When the saga entered its state; absent where an earlier version moved it last. */
  readonly stateSince?: string
  /** Absent where there are none. */
  readonly marks?: SagaMarks
}

/** What a listed saga waits for or needs care with: only the marks that it has. Instants are ISO 8601 in UTC. */
export interface SagaMarks {
  /** Commands that are not delivered yet. */
  readonly owed?: number
  readonly deadLetters?: number
  readonly parked?: number
  /** Deadline of the state (P18). */
  readonly timer?: string
  /** Instant since which it is held (P26). */
  readonly hold?: string
}

/** The two entries of the history that one step makes. */
export interface HistoryEntry {
  readonly state: StateEntry
  readonly event: EventEntry
  /** Id of the write that made it (P6). Stores keep it, no answer shows it. */
  readonly writeId: WriteId
}

/** The part of a step that the history keeps; the head has the rest. */
export type HistoryStep = Pick<Step, 'at' | 'event' | 'state' | 'machine' | 'by'>

/** The document of a saga (C5) from its head and the entries of its history, oldest first. */
export function encodeDocument(saga: Saga, history: readonly Omit<HistoryEntry, 'writeId'>[]): SagaDocument {
  return {
    ...encodeOutline(saga),
    metadata: saga.metadata,
    history: {
      states: history.map(({ state }) => state),
      events: history.map(({ event }) => event),
      ...(saga.operations !== undefined && { operations: saga.operations.map(encodeOperation) }),
    },
    ...(saga.enteredAt !== undefined && { stateSince: iso(saga.enteredAt) }),
    ...(saga.owed.length > 0 && { owed: saga.owed.map(encodeDebt) }),
    ...(saga.deadLetters.length > 0 && { deadLetters: saga.deadLetters.map(encodeDeadLetter) }),
    ...(saga.parked.length > 0 && { parked: saga.parked.map(encodeParked) }),
    ...(saga.timer !== undefined && { timer: encodeTimer(saga.timer) }),
    ...(saga.delivered !== undefined && { delivered: saga.delivered.map(encodeDelivery) }),
    ...(saga.hold !== undefined && { hold: encodeHold(saga.hold) }),
  }
}

/** The line of a saga in `GET /sagas`. */
export function encodeSummary(saga: Omit<Saga, 'metadata'>): SagaSummary {
  return {
    ...encodeOutline(saga),
    createdAt: iso(saga.createdAt),
    updatedAt: iso(saga.updatedAt),
    ...(saga.due !== undefined && { due: iso(dueShown(saga.due, saga.owed[0]?.since ?? saga.createdAt)) }),
    ...(saga.enteredAt !== undefined && { stateSince: iso(saga.enteredAt) }),
    ...(marksOf(saga).length > 0 && { marks: encodeMarks(saga) }),
  }
}

function encodeMarks({ owed, deadLetters, parked, timer, hold }: Omit<Saga, 'metadata'>): SagaMarks {
  return {
    ...(owed.length > 0 && { owed: owed.length }),
    ...(deadLetters.length > 0 && { deadLetters: deadLetters.length }),
    ...(parked.length > 0 && { parked: parked.length }),
    ...(timer !== undefined && { timer: iso(timer.deadline) }),
    ...(hold !== undefined && { hold: iso(hold.since) }),
  }
}

/** The history entry of one step. `writeId` is for stores that keep entries; other callers pass an empty string. */
export function encodeEntry(step: HistoryStep, writeId: WriteId): HistoryEntry {
  const timestamp = iso(step.at)
  return {
    state: { state: step.state.id, timestamp, ...businessState(step.state.business) },
    event: {
      event: step.event.label,
      timestamp,
      ...businessEvent(step.event.business),
      id: step.event.id,
      machine: step.machine,
      ...step.by,
    },
    writeId,
  }
}

/** The fields of a document that both a whole document and a summary have. */
export type SagaOutline = Pick<
  SagaDocument,
  | 'sagaId'
  | 'associatedEntityId'
  | 'currentState'
  | 'latestEvent'
  | 'isFinal'
  | 'businessStateId'
  | 'businessStateDescription'
>

/** The outline of a saga. */
export function encodeOutline(
  saga: Pick<Saga, 'id' | 'entity' | 'state' | 'latestEvent' | 'isFinal' | 'business'>,
): SagaOutline {
  return {
    sagaId: saga.id,
    associatedEntityId: saga.entity,
    currentState: saga.state,
    latestEvent: saga.latestEvent,
    isFinal: saga.isFinal,
    ...businessState(saga.business),
  }
}

/** A state without business state has neither key (C5). */
function businessState(business: BusinessTag | undefined) {
  if (business === undefined) return {}
  const { id, description } = business
  return { businessStateId: id, ...(description !== undefined && { businessStateDescription: description }) }
}

function businessEvent(business: BusinessTag | undefined) {
  if (business === undefined) return {}
  const { id, description } = business
  return { businessEventId: id, ...(description !== undefined && { businessEventDescription: description }) }
}

function encodeDebt({ id, label, channel, attempts, since, due, sends, last, ...debt }: Debt): DebtDocument {
  const isWaiting = debt.tried === true && debt.claimed === undefined && due !== RELEASED
  const nextTry = isWaiting && { nextTry: iso(due) }
  const shown = { id, label, channel, attempts, since: iso(since), due: iso(dueShown(due, since)), ...nextTry }
  return { ...shown, ...(sends !== undefined && { sends }), ...(last !== undefined && { last: encodeReport(last) }) }
}

/** A command whose lease was released is due at once, as it has been since its decision. */
function dueShown(due: Instant, since: Instant): Instant {
  return due === RELEASED ? since : due
}

function encodeReport({ at, ...report }: SendReport): SendReportDocument {
  return { at: iso(at), ...report } as SendReportDocument
}

function encodeDeadLetter(letter: DeadLetter): DeadLetterDocument {
  const { kind = 'command', id, label, payload, trace, why, since, attempts } = letter
  return {
    kind,
    id,
    label,
    ...(letter.kind === undefined && { channel: letter.channel }),
    payload,
    ...(letter.kind === undefined && letter.body !== undefined && { body: shownBody(letter.body) }),
    ...(trace !== undefined && { trace }),
    why,
    since: iso(since),
    attempts,
    ...(letter.last !== undefined && { last: encodeReport(letter.last) }),
  }
}

/** The message as JSON; as text where the store has damaged it. */
function shownBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}

function encodeParked({ event, since, expires }: ParkedEvent): ParkedDocument {
  const { id, sagaId, label, payload, trace } = event
  const shown = { id, sagaId, label, payload, ...(trace !== undefined && { trace }) }
  return { event: shown, since: iso(since), expires: iso(expires) }
}

function encodeTimer({ step, deadline, resends, event }: Timer): TimerDocument {
  return { step, deadline: iso(deadline), resends, ...(event !== undefined && { event }) }
}

/** The fingerprint is for the comparison of repeats alone. */
function encodeOperation({ id, action, at, operator, reason, details }: OperationRecord): OperationEntry {
  return { id, action, at: iso(at), operator, reason, ...(details !== undefined && { details }) }
}

function encodeDelivery({ id, label, channel, since, at, sends }: Delivery): DeliveryDocument {
  return { id, label, channel, since: iso(since), at: iso(at), sends }
}

function encodeHold({ since, until }: Hold): HoldDocument {
  return { since: iso(since), ...(until !== undefined && { until: iso(until) }) }
}

function iso(at: Instant): string {
  return new Date(at).toISOString()
}
