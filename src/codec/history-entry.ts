import type { Step } from '../engine/change.ts'
import type { WriteId } from '../engine/saga.ts'
import { iso } from './instant.ts'
import { keptKeys } from './kept-keys.ts'
import type { KeptKeys } from './kept-keys.ts'
import { businessEvent, businessState } from './business-fields.ts'
import type { BusinessEventFields, BusinessStateFields } from './business-fields.ts'

/** A state that the saga entered (C5). */
export interface StateEntry extends BusinessStateFields {
  readonly state: string
  readonly timestamp: string
}

/**
 * `id` and what follows are ours: the reference and its stores keep unknown fields of the history (C5). An entry of an earlier version
 * names no changed keys, nor does that of a creation.
 */
export interface EventEntry extends BusinessEventFields, KeptKeys {
  readonly event: string
  readonly timestamp: string
  readonly id: string
  readonly machine: string
  /** An operator's action made the step: the id of its record in `history.operations` (P25). */
  readonly operation?: string
  /** The machine has another name for this former state (P11). */
  readonly renamedFrom?: string
}

/** The two entries of the history that one step makes. */
export interface HistoryEntry {
  readonly state: StateEntry
  readonly event: EventEntry
  /** Id of the write that made it (P6). Stores keep it, no answer shows it. */
  readonly writeId: WriteId
}

/** The part of a step that the history keeps; the head has the rest. */
export type HistoryStep = Pick<Step, 'at' | 'event' | 'state' | 'machine' | 'by'> & KeptKeys

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
      ...keptKeys(step),
    },
    writeId,
  }
}
