import type { Machine } from '../machine/compile.ts'
import type { Step } from './change.ts'
import type { Instant, Saga } from './saga.ts'

/** Label of the step that gives a saga the new name of its state. */
export const RENAMED = '__renamed__'

/**
 * The step of a saga whose state has another name in this machine (`settings.movedStates`, P11); `undefined` where it has not. The
 * saga stays where it is: no command is sent, and its timer goes on. A saga that has ended needs no machine (I6).
 */
export function renamed(machine: Machine, saga: Saga, now: Instant): Step | undefined {
  const { id: sagaId, state: former, isFinal, length, metadata } = saga
  const state = isFinal || machine.states.has(former) ? undefined : machine.movedStates?.get(former)
  if (state === undefined) return undefined
  return {
    sagaId,
    number: length,
    at: now,
    event: { id: `renamed/${length}`, label: RENAMED },
    state: { id: state.id, isFinal: state.isFinal, business: state.business },
    metadata,
    owes: [],
    sideEffects: [],
    machine: machine.hash,
    by: { renamedFrom: former },
    stays: true,
  }
}
