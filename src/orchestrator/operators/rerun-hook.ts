import type { EarlierHistory } from '../../codec/hooked-saga.ts'
import { revivedDebt } from '../../engine/dead-letters.ts'
import type { Step } from '../../engine/change.ts'
import type { DeadCommand, Debt, Instant, Saga } from '../../engine/saga.ts'
import type { CorridorParts } from '../corridor-parts.ts'

/** Circumstances of a hook that runs again. */
export interface HookRerun {
  readonly saga: Saga
  /** Whole history of the saga. */
  readonly history: EarlierHistory
  readonly now: Instant
}

/** The command as a debt that is due now, or the dead letter with the reason of the new failure. */
export type RerunHook =
  | { readonly kind: 'made'; readonly debt: Debt }
  | { readonly kind: 'failed'; readonly letter: DeadCommand; readonly hooked?: Step | undefined }

/**
 * Runs the hook of a dead command again, with the metadata and the history of its own step: the message is the one that the step
 * would have had (P5). Without a hook in this machine, the message is label and metadata.
 */
export function rerunHook(
  { machine, hooks }: Pick<CorridorParts, 'machine' | 'hooks'>,
  letter: DeadCommand,
  { saga, history, now }: HookRerun,
): RerunHook {
  const { hookFailed: _, ...message } = letter
  const debt = revivedDebt(message, now)
  const number = stepOf(saga, letter)
  const [state, event] = [history.states[number], history.events[number]]
  if (state === undefined || event === undefined) {
    return {
      kind: 'failed',
      letter: { ...letter, why: `the history has no step ${number}, so the hook cannot run`, since: now },
    }
  }
  const step: Step = {
    sagaId: saga.id,
    number,
    at: Date.parse(state.timestamp),
    event: { id: event.id, label: event.event, business: tagOf(event.businessEventId, event.businessEventDescription) },
    state: {
      id: state.state,
      isFinal: machine.states.get(state.state)?.isFinal === true,
      business: tagOf(state.businessStateId, state.businessStateDescription),
    },
    metadata: letter.payload,
    owes: [debt],
    sideEffects: [],
    machine: machine.hash,
  }
  const earlier = { states: history.states.slice(0, number), events: history.events.slice(0, number) }
  const made = hooks.make(step, { entity: saga.entity, history: earlier })
  const [failed] = made.dead ?? []
  if (failed !== undefined) return { kind: 'failed', letter: { ...failed, since: now }, hooked: made.step }
  const [owed = debt] = made.step.owes
  // Without a body the payload stays written out: the head's metadata may be those of a later step.
  return { kind: 'made', debt: owed.body === undefined ? owed : { ...owed, payload: undefined } }
}

/** `<saga>/<step>/<index>` (P5) */
function stepOf(saga: Saga, { id }: Pick<DeadCommand, 'id'>): number {
  return Number.parseInt(id.slice(saga.id.length + 1), 10)
}

function tagOf(id: string | number | undefined, description: string | undefined) {
  return id === undefined ? undefined : { id, description }
}
