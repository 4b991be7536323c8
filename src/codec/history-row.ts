import type { EventId, Instant } from '../engine/saga.ts'
import type { StepCause } from '../engine/change.ts'
import type { BusinessTag } from '../machine/compile.ts'
import { encodeEntry } from './history-entry.ts'
import type { HistoryEntry, HistoryStep } from './history-entry.ts'
import { decodeKeys, encodeKeys } from './kept-keys.ts'
import type { KeysInRow } from './kept-keys.ts'

/**
 * Instant, state, final or not, machine; then, where there are any, the business tags of state and event, the cause, and the changed keys.
 * An earlier version reads the first seven.
 */
type RowFields = readonly [
  at: Instant,
  state: string,
  final: 0 | 1,
  machine: string,
  state?: BusinessTag | null,
  event?: BusinessTag | null,
  by?: StepCause | null,
  changed?: KeysInRow,
]

/** One step of a history as a row keeps it: a short text, beside the event's identity, which is the row's key. */
export interface HistoryRow {
  readonly event: EventId
  readonly label: string
  readonly passage: string
}

/** A row of the history, as JSON text. */
export function encodeHistoryRow(step: HistoryStep): string {
  const { at, event, state, machine, by } = step
  const final = state.isFinal ? 1 : 0
  if (step.changed !== undefined) {
    const tags = [state.business ?? null, event.business ?? null]
    return JSON.stringify([at, state.id, final, machine, ...tags, by ?? null, encodeKeys(step)])
  }
  if (by !== undefined) {
    return JSON.stringify([at, state.id, final, machine, state.business ?? null, event.business ?? null, by])
  }
  if (event.business !== undefined) {
    return JSON.stringify([at, state.id, final, machine, state.business ?? null, event.business])
  }
  if (state.business !== undefined) return JSON.stringify([at, state.id, final, machine, state.business])
  return JSON.stringify([at, state.id, final, machine])
}

/** Rows, in order, to the entries of a document's history. */
export function decodeHistory(rows: readonly HistoryRow[]): Omit<HistoryEntry, 'writeId'>[] {
  return rows.map((row) => encodeEntry(decodeHistoryRow(row), ''))
}

/** The step of a row that `encodeHistoryRow` made. Throws where its text is damaged. */
export function decodeHistoryRow(row: HistoryRow): HistoryStep {
  const [at, state, final, machine, stateTag, eventTag, by, changed] = JSON.parse(row.passage) as RowFields
  return {
    at,
    event: { id: row.event, label: row.label, business: eventTag ?? undefined },
    state: { id: state, isFinal: final === 1, business: stateTag ?? undefined },
    machine,
    ...(by !== undefined && by !== null && { by }),
    ...(changed !== undefined && decodeKeys(changed)),
  }
}
