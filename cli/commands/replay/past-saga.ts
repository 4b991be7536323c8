import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { PastSaga } from './replay-history.ts'

/** The past of a saga, or why its document does not tell it. */
export type ReadPast = { readonly ok: true; readonly past: PastSaga } | { readonly ok: false; readonly why: string }

/** The history of a document. Each event entered the state beside it. */
export function pastOf({ isFinal, history: { states, events } }: Pick<SagaDocument, 'isFinal' | 'history'>): ReadPast {
  if (events.length === 0) return { ok: false, why: 'its history is empty' }
  if (states.length !== events.length) {
    const found = `${states.length} states and ${events.length} events`
    return { ok: false, why: `its history has ${found}, expected a state for each event` }
  }
  const steps = events.map(({ event, operation, renamedFrom }, at) => ({
    event,
    state: states[at]?.state ?? '',
    isByHand: operation !== undefined,
    isRename: renamedFrom !== undefined,
  }))
  return { ok: true, past: { steps, isFinal } }
}
