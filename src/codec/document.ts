import type {
  DeadLetter,
  Debt,
  Instant,
  KeptEvent,
  Metadata,
  ParkedEvent,
  Saga,
  Step,
  Timer,
  WriteId,
} from '../engine/saga.ts'
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
  }
  readonly owed?: readonly DebtDocument[]
  readonly deadLetters?: readonly DeadLetterDocument[]
  readonly parked?: readonly ParkedDocument[]
  readonly timer?: TimerDocument
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
}

/** A command of the outbox, without its payload and headers: headers may hold credentials and personal data (C3.6). */
export interface DebtDocument {
  readonly id: string
  readonly label: string
  readonly channel: string
  readonly attempts: number
  readonly since: string
  readonly due: string
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
  'metadata' | 'history' | 'owed' | 'deadLetters' | 'parked' | 'timer'
> {
  readonly createdAt: string
  readonly updatedAt: string
  readonly due?: string
}

/** The two entries of the history that one step makes. */
export interface HistoryEntry {
  readonly state: StateEntry
  readonly event: EventEntry
  /** Id of the write that made it (P6). Stores keep it, no answer shows it. */
  readonly writeId: WriteId
}

/** The part of a step that the history keeps; the head has the rest. */
export type HistoryStep = Pick<Step, 'at' | 'event' | 'state' | 'machine'>

/** The document of a saga (C5) from its head and the entries of its history, oldest first. */
export function encodeDocument(saga: Saga, history: readonly Omit<HistoryEntry, 'writeId'>[]): SagaDocument {
  return {
    ...encodeOutline(saga),
    metadata: saga.metadata,
    history: { states: history.map(({ state }) => state), events: history.map(({ event }) => event) },
    ...(saga.owed.length > 0 && { owed: saga.owed.map(encodeDebt) }),
    ...(saga.deadLetters.length > 0 && { deadLetters: saga.deadLetters.map(encodeDeadLetter) }),
    ...(saga.parked.length > 0 && { parked: saga.parked.map(encodeParked) }),
    ...(saga.timer !== undefined && { timer: encodeTimer(saga.timer) }),
  }
}

/** The line of a saga in `GET /sagas`. */
export function encodeSummary(saga: Omit<Saga, 'metadata'>): SagaSummary {
  return {
    ...encodeOutline(saga),
    createdAt: iso(saga.createdAt),
    updatedAt: iso(saga.updatedAt),
    ...(saga.due !== undefined && { due: iso(saga.due) }),
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

function encodeDebt({ id, label, channel, attempts, since, due }: Debt): DebtDocument {
  return { id, label, channel, attempts, since: iso(since), due: iso(due) }
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

function iso(at: Instant): string {
  return new Date(at).toISOString()
}
