import type { Step } from '../engine/change.ts'
import { encodeEntry } from './history-entry.ts'
import { encodeOutline } from './saga-outline.ts'
import type { EventEntry } from './history-entry.ts'
import type { SagaDocument } from './saga-document.ts'
import type { SagaOutline } from './saga-outline.ts'

/** The history of a saga before a step. */
export type EarlierHistory = SagaDocument['history']

/** The document of C5 as a command hook gets it: the reference's fields, and none of ours. */
export type HookedSaga = SagaOutline & {
  readonly metadata: SagaDocument['metadata']
  readonly history: {
    readonly states: SagaDocument['history']['states']
    readonly events: readonly HookedEvent[]
  }
}

type HookedEvent = Omit<EventEntry, 'id' | 'machine' | 'operation' | 'renamedFrom' | 'changed' | 'changedCount'>

/** The saga after a step. `entity`: its associated entity, which no step changes. */
export function encodeHookedSaga(step: Step, entity: string, before: EarlierHistory): HookedSaga {
  const { sagaId: id, state, event, metadata } = step
  const entry = encodeEntry(step, '')
  const head = {
    id,
    entity,
    state: state.id,
    latestEvent: event.label,
    isFinal: state.isFinal,
    business: state.business,
  }
  return {
    ...encodeOutline(head),
    metadata,
    history: {
      states: [...before.states, entry.state],
      events: [...before.events, entry.event].map(withoutOurs),
    },
  }
}

function withoutOurs(entry: EventEntry): HookedEvent {
  const shown: { -readonly [K in keyof EventEntry]?: EventEntry[K] } = { ...entry }
  delete shown.id
  delete shown.machine
  delete shown.operation
  delete shown.renamedFrom
  delete shown.changed
  delete shown.changedCount
  return shown as EventEntry
}
