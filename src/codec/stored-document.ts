import type {
  Change,
  DeadLetter,
  Debt,
  EventId,
  Instant,
  Metadata,
  ParkedEvent,
  Saga,
  Timer,
  WriteId,
} from '../engine/saga.ts'
import { encodeDocument, encodeEntry } from './document.ts'
import type { EventEntry, SagaDocument, StateEntry } from './document.ts'

/**
 * A saga as a store of whole documents keeps it (C5): the reference's fields and no other, ours inside `history`, which every
 * such store takes as a free object. A document that the reference wrote has none of ours, and is read all the same.
 */
export interface StoredDocument {
  readonly sagaId: string
  readonly associatedEntityId: string
  readonly currentState: string
  readonly latestEvent: string
  readonly isFinal: boolean
  /** `null` where the state has none: not every store can take a field away. */
  readonly businessStateId: string | number | null
  readonly businessStateDescription: string | null
  readonly metadata: Metadata
  readonly history: StoredHistory
}

/** Words of `history`: part of every document store's format, so a new one must be optional and none changes meaning. */
export interface StoredHistory {
  readonly states: readonly StateEntry[]
  readonly events: readonly StoredEvent[]
  /** Of the last write (P2). Absent: the reference wrote it. */
  readonly writeId?: WriteId | undefined
  /** When the sweep must look; `null` where it need not, so that a query by it has something to compare (P4). */
  readonly due?: Instant | null | undefined
  /** How many events there are, for a store that does not read them with the head. */
  readonly length?: number | undefined
  readonly created?: Instant | undefined
  readonly updated?: Instant | undefined
  readonly owed?: readonly Debt[] | undefined
  readonly dead?: readonly DeadLetter[] | undefined
  readonly parked?: readonly ParkedEvent[] | undefined
  readonly timer?: Timer | undefined
  readonly fingerprint?: string | undefined
}

/** `writeId`: of the write that made it (P6). What is ours is absent in an entry of the reference. */
export type StoredEvent = Omit<EventEntry, 'id' | 'machine'> & {
  readonly id?: EventId | undefined
  readonly machine?: string | undefined
  writeId?: WriteId | undefined
}

/** What a document becomes by a change whose outcome is `next`. `before`: what was read, nothing at a creation. */
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

/** Everything of `history` but the two lists, which a store that can append need not write again. */
export function encodeBookkeeping(saga: Saga, writeId: WriteId): Omit<StoredHistory, 'states' | 'events'> {
  return {
    writeId,
    due: saga.due ?? null,
    length: saga.length,
    created: saga.createdAt,
    updated: saga.updatedAt,
    ...(saga.owed.length > 0 && { owed: saga.owed }),
    ...(saga.deadLetters.length > 0 && { dead: saga.deadLetters }),
    ...(saga.parked.length > 0 && { parked: saga.parked }),
    ...(saga.timer !== undefined && { timer: saga.timer }),
    ...(saga.fingerprint !== undefined && { fingerprint: saga.fingerprint }),
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
    // The larger one: a store may not have read all events, and the reference may keep our word and add events.
    length: Math.max(history.length ?? 0, events.length),
    metadata: document.metadata,
    owed: history.owed ?? NONE,
    deadLetters: history.dead ?? NONE,
    parked: history.parked ?? NONE,
    timer: history.timer,
    due: history.due ?? undefined,
    fingerprint: history.fingerprint,
    createdAt: history.created ?? instantOf(states[0]),
    updatedAt: history.updated ?? instantOf(states.at(-1)),
  }
}

/** The document as people are shown it: write ids are nobody's business. */
export function shownOf(document: StoredDocument): SagaDocument {
  const shown = encodeDocument(headOf(document), [])
  const events = document.history.events.map((event) => withoutWriteId(event))
  return { ...shown, history: { states: document.history.states, events } }
}

function withoutWriteId(event: StoredEvent): EventEntry {
  const shown = { ...event }
  delete shown.writeId
  return shown as EventEntry
}

const NONE: readonly never[] = Object.freeze([])

function instantOf(entry: StateEntry | undefined): Instant {
  const at = Date.parse(entry?.timestamp ?? '')
  return Number.isNaN(at) ? 0 : at
}
