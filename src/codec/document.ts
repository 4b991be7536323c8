import type { Debt, DeadLetter, Instant, ParkedEvent, Saga, Step, Timer, WriteId } from '../engine/saga.ts'
import type { BusinessTag } from '../machine/compile.ts'

/** The saga as the reference keeps and shows it (C5). Timestamps are ISO 8601 in UTC. */
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
  readonly deadLetters?: readonly DeadLetter[]
  readonly parked?: readonly ParkedEvent[]
  readonly timer?: Timer
}

export interface StateEntry {
  readonly state: string
  readonly timestamp: string
  readonly businessStateId?: string | number
  readonly businessStateDescription?: string
}

/** `id`, `machine` are ours: they live inside the history, which every store keeps as a free object (C5). */
export interface EventEntry {
  readonly event: string
  readonly timestamp: string
  readonly businessEventId?: string | number
  readonly businessEventDescription?: string
  readonly id: string
  readonly machine: string
}

export interface DebtDocument {
  readonly id: string
  readonly label: string
  readonly channel: string
  readonly attempts: number
  readonly since: string
  readonly due: string
}

/** The head of C5 as `GET /sagas` lists it: no history, no metadata. */
export interface SagaSummary extends Omit<
  SagaDocument,
  'metadata' | 'history' | 'owed' | 'deadLetters' | 'parked' | 'timer'
> {
  readonly createdAt: string
  readonly updatedAt: string
  readonly due?: string
}

/** What the history keeps of one step: two entries, side by side. */
export interface HistoryEntry {
  readonly state: StateEntry
  readonly event: EventEntry
  /** Names the write that made it (P6); a store keeps it, nobody else is shown it. */
  readonly writeId: WriteId
}

/** What the history keeps of a step: everything but what the head holds. */
export type HistoryStep = Pick<Step, 'at' | 'event' | 'state' | 'machine'>

export function encodeDocument(saga: Saga, history: readonly Omit<HistoryEntry, 'writeId'>[]): SagaDocument {
  return {
    ...outline(saga),
    metadata: saga.metadata,
    history: { states: history.map(({ state }) => state), events: history.map(({ event }) => event) },
    ...(saga.owed.length > 0 && { owed: saga.owed.map(encodeDebt) }),
    ...(saga.deadLetters.length > 0 && { deadLetters: saga.deadLetters }),
    ...(saga.parked.length > 0 && { parked: saga.parked }),
    ...(saga.timer !== undefined && { timer: saga.timer }),
  }
}

export function encodeSummary(saga: Omit<Saga, 'metadata'>): SagaSummary {
  return {
    ...outline(saga),
    createdAt: iso(saga.createdAt),
    updatedAt: iso(saga.updatedAt),
    ...(saga.due !== undefined && { due: iso(saga.due) }),
  }
}

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

function outline(saga: Omit<Saga, 'metadata'>) {
  return {
    sagaId: saga.id,
    associatedEntityId: saga.entity,
    currentState: saga.state,
    latestEvent: saga.latestEvent,
    isFinal: saga.isFinal,
    ...businessState(saga.business),
  }
}

/** A state without business state leaves the keys out (C5). */
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

function iso(at: Instant): string {
  return new Date(at).toISOString()
}
