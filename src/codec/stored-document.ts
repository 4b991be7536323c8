import type { Change } from '../engine/change.ts'
import type {
  DeadLetter,
  Debt,
  Delivery,
  EventId,
  Hold,
  Instant,
  Metadata,
  ParkedEvent,
  Saga,
  Timer,
  WriteId,
} from '../engine/saga.ts'
import type { OperationRecord } from '../engine/operation-record.ts'
import { dueInOrder, dueOrderOf } from './due-order.ts'
import { encodeDocument } from './encode-document.ts'
import { encodeEntry } from './history-entry.ts'
import type { DocumentForm } from './document-form.ts'
import type { EventEntry, StateEntry } from './history-entry.ts'
import type { SagaDocument } from './saga-document.ts'
import type { Decoded } from './message.ts'

/**
 * A saga as a store of whole documents keeps it (C5): the fields of Flow Manager and no other at the top, ours inside
 * `history`, which every such store accepts as a free object. A document that Flow Manager wrote has none of ours and is
 * readable too.
 */
export interface StoredDocument {
  readonly sagaId: string
  readonly associatedEntityId: string
  readonly currentState: string
  readonly latestEvent: string
  readonly isFinal: boolean
  /** `null` where the state has none: some stores cannot remove a field. */
  readonly businessStateId: string | number | null
  readonly businessStateDescription: string | null
  readonly metadata: Metadata
  readonly history: StoredHistory
  /** The types of its fields as they were read, which the next write keeps. Never written itself (C5a). */
  readonly form?: DocumentForm | undefined
}

/** A document of a collection as a survey of all of them reads it. */
export interface SurveyedDocument {
  /** Absent where the document has no text as `sagaId`. */
  readonly id: string | undefined
  readonly read: Decoded<StoredDocument>
}

/** Keys of `history`: part of every document store's format, so a new key must be optional and none changes meaning. */
export interface StoredHistory {
  readonly states: readonly StateEntry[]
  readonly events: readonly StoredEvent[]
  /** Id of the last write (P2). Absent where Flow Manager wrote last. */
  readonly writeId?: WriteId | undefined
  /**
   * Instant at which the sweep looks at the saga, as `dueOrderOf` orders it; `null` where nothing is due, so that queries by it have
   * a value to compare (P4).
   */
  readonly due?: Instant | null | undefined
  /** Number of events, for a store that reads the head without them. */
  readonly length?: number | undefined
  readonly created?: Instant | undefined
  readonly updated?: Instant | undefined
  readonly owed?: readonly Debt[] | undefined
  readonly dead?: readonly DeadLetter[] | undefined
  readonly parked?: readonly ParkedEvent[] | undefined
  readonly timer?: Timer | undefined
  readonly fingerprint?: string | undefined
  readonly delivered?: readonly Delivery[] | undefined
  readonly hold?: Hold | undefined
  readonly operations?: readonly OperationRecord[] | undefined
  readonly entered?: Instant | undefined
  readonly entering?: number | undefined
}

/** `writeId`: id of the write that added the event (P6). Our keys are absent in an entry of Flow Manager. */
export type StoredEvent = Omit<EventEntry, 'id' | 'machine'> & {
  readonly id?: EventId | undefined
  readonly machine?: string | undefined
  writeId?: WriteId | undefined
}

/** The document after a change whose head is `next`. `before`: the document that was read; absent at a creation. */
export function encodeStoredDocument(change: Change, next: Saga, before: StoredDocument | undefined): StoredDocument {
  const { step, writeId } = change
  const entry = step && encodeEntry(step, writeId)
  const states = before?.history.states ?? NONE
  const events = before?.history.events ?? NONE
  return {
    sagaId: next.id,
    associatedEntityId: next.entity,
    currentState: next.state,
    latestEvent: next.latestEvent,
    isFinal: next.isFinal,
    businessStateId: next.business?.id ?? null,
    businessStateDescription: next.business?.description ?? null,
    metadata: next.metadata,
    history: {
      states: entry === undefined ? states : [...states, entry.state],
      events: entry === undefined ? events : [...events, { ...entry.event, writeId }],
      ...encodeBookkeeping(next, writeId),
    },
  }
}

/** Everything of `history` but the two lists, which a store that appends does not write again. */
export function encodeBookkeeping(saga: Saga, writeId: WriteId): Omit<StoredHistory, 'states' | 'events'> {
  return {
    writeId,
    due: dueOrderOf(saga) ?? null,
    length: saga.length,
    created: saga.createdAt,
    updated: saga.updatedAt,
    ...(saga.owed.length > 0 && { owed: saga.owed }),
    ...(saga.deadLetters.length > 0 && { dead: saga.deadLetters }),
    ...(saga.parked.length > 0 && { parked: saga.parked }),
    ...(saga.timer !== undefined && { timer: saga.timer }),
    ...(saga.fingerprint !== undefined && { fingerprint: saga.fingerprint }),
    ...(saga.delivered !== undefined && { delivered: saga.delivered }),
    ...(saga.hold !== undefined && { hold: saga.hold }),
    ...(saga.operations !== undefined && { operations: saga.operations }),
    ...(saga.enteredAt !== undefined && { entered: saga.enteredAt }),
    ...(saga.enteringStep !== undefined && { entering: saga.enteringStep }),
  }
}

/** The head of a document. */
export function headOf(document: StoredDocument): Saga {
  const { history, businessStateId: business, businessStateDescription: description } = document
  const { events, states } = history
  return {
    id: document.sagaId,
    entity: document.associatedEntityId,
    state: document.currentState,
    latestEvent: document.latestEvent,
    isFinal: document.isFinal,
    business: business === null ? undefined : { id: business, description: description ?? undefined },
    // The larger one: a store may have read the head without events, and Flow Manager may keep our count and add
    // events.
    length: Math.max(history.length ?? 0, events.length),
    metadata: document.metadata,
    owed: history.owed ?? NONE,
    deadLetters: history.dead ?? NONE,
    parked: history.parked ?? NONE,
    timer: history.timer,
    due: dueInOrder(history.due),
    fingerprint: history.fingerprint,
    createdAt: history.created ?? instantOf(states[0]),
    updatedAt: history.updated ?? instantOf(states.at(-1)),
    delivered: history.delivered,
    hold: history.hold,
    operations: history.operations,
    enteredAt: enteredAtOf(history),
    enteringStep: isOurs(history) ? history.entering : undefined,
  }
}

/** The document as the API shows it, without write ids. */
export function shownOf(document: StoredDocument): SagaDocument {
  const shown = encodeDocument(headOf(document), [])
  const events = document.history.events.map((event) => withoutWriteId(event))
  return { ...shown, history: { ...shown.history, states: document.history.states, events } }
}

function withoutWriteId(event: StoredEvent): EventEntry {
  const shown = { ...event }
  delete shown.writeId
  return shown as EventEntry
}

const NONE: readonly never[] = Object.freeze([])

/** Our keys count while our entry is the newest; Flow Manager may keep them and move the saga on. */
function isOurs({ events }: StoredHistory): boolean {
  return events.at(-1)?.writeId !== undefined
}

function enteredAtOf(history: StoredHistory): Instant | undefined {
  const { states, entered } = history
  if (entered !== undefined && isOurs(history)) return entered
  return states.length === 0 ? undefined : instantOf(states.at(-1))
}

function instantOf(entry: StateEntry | undefined): Instant {
  const at = Date.parse(entry?.timestamp ?? '')
  return Number.isNaN(at) ? 0 : at
}
