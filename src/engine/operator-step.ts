import type { Machine, State, StateTimeout } from '../machine/compile.ts'
import type { Step } from './change.ts'
import { changedKeys } from './changed-keys.ts'
import { enter } from './decide.ts'
import { mergePatch } from './merge-patch.ts'
import type { Instant, Metadata, Saga, Timer } from './saga.ts'

/** Labels of the history entries that operators' actions make; `by` marks them, since a machine may use any label (I3). */
export const OPERATOR_LABELS = {
  move: '__moved__',
  cancel: '__cancelled__',
  'patch-metadata': '__metadata_patched__',
} as const

/** A step by hand on a saga. */
export interface HandStep {
  readonly saga: Saga
  /** Id of the operation, and of the step's event. */
  readonly operation: string
  readonly now: Instant
}

/** A move by hand into a state of the machine. */
export interface HandMove extends HandStep {
  readonly kind: 'move' | 'cancel'
  readonly target: State
  /** The command and the side effects of the target are sent. */
  readonly command: boolean
}

/** The step of a move by hand. The metadata stay; the timer of the state left is disarmed, that of the target is armed (P18, P25). */
export function moveTo(machine: Machine, { saga, operation, now, kind, target, command }: HandMove): Step {
  const { id, length, metadata } = saga
  const visit = { state: target, sagaId: id, number: length, metadata, trace: undefined, headers: undefined }
  return {
    ...enter(visit, now),
    ...(command
      ? {}
      : { owes: [], sideEffects: [], timer: target.timeout && quietTimer(target.timeout, { step: length, now }) }),
    event: { id: operation, label: OPERATOR_LABELS[kind] },
    machine: machine.hash,
    by: { operation },
  }
}

/**
 * The deadline of a state whose command the operator has not sent: no deadline sends it either, as there is nothing to send again (P5).
 * The event comes when it would have come after the resends.
 */
function quietTimer(
  { after, resends, event }: StateTimeout,
  { step, now }: { readonly step: number; readonly now: Instant },
): Timer | undefined {
  return event === undefined ? undefined : { step, deadline: now + after * (resends + 1), resends: 0, event }
}

/** The step of a merge patch on the metadata (RFC 7396): the saga stays in its state. Commands that are owed keep their bytes (P5). */
export function patchMetadata(machine: Machine, { saga, operation, now }: HandStep, patch: Metadata): Step {
  const { id, length, metadata, state, isFinal, business } = saga
  const patched = mergePatch(metadata, patch)
  return {
    sagaId: id,
    number: length,
    at: now,
    event: { id: operation, label: OPERATOR_LABELS['patch-metadata'] },
    state: { id: state, isFinal, business },
    metadata: patched,
    changed: changedKeys(metadata, patched, patch),
    owes: [],
    sideEffects: [],
    machine: machine.hash,
    by: { operation },
    stays: true,
  }
}
