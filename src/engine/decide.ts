import type { CommandTemplate, Machine, State, StateTimeout } from '../machine/compile.ts'
import type {
  Command,
  Creation,
  Debt,
  HandedOnHeaders,
  Instant,
  Metadata,
  Saga,
  SagaEvent,
  SagaId,
  Timer,
} from './saga.ts'
import type { Step } from './change.ts'
import { changedKeys } from './changed-keys.ts'
import { reasonThrown } from './reason-thrown.ts'

/** An event that arrives at a saga at an instant. */
export interface Arrival {
  readonly saga: Saga
  readonly event: SagaEvent
  readonly now: Instant
}

/** The result of one event on one saga. */
export type Decision = Moved | Unmoved

/** The step to save. The hooks of its state, if any, make the messages of its commands afterwards, before the save (P5). */
export interface Moved {
  readonly kind: 'moved'
  readonly step: Step
}

/** An event that changes nothing, and the reason. */
export type Unmoved =
  | { readonly kind: 'unexpected'; readonly state: string; readonly expected: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'stranded'; readonly state: string }
  | { readonly kind: 'held'; readonly state: string }

/**
 * The effect of one event on a saga (C4.2). Pure and total: it answers for every saga and every event, and never throws.
 *
 * - `moved`: the step to save, with the commands it owes.
 * - `unexpected`: the state does not list the event (C4.3). A final state may list some (C4.5); one that lists none absorbs (I6).
 * - `refused`: the payload breaks a rule of the transition, or cannot be merged (P5).
 * - `stranded`: this machine lacks the saga's state (P11).
 * - `held`: the saga takes no event now (P26). A final state absorbs what it does not list all the same.
 */
export function decide(machine: Machine, { saga, event, now }: Arrival): Decision {
  const state = machine.states.get(saga.state)
  // A final saga stays final where a newer machine lacks its state, or goes on from it (I6).
  if (saga.isFinal && state?.isFinal !== true) return { kind: 'unexpected', state: saga.state, expected: [] }
  if (saga.hold !== undefined && (state?.isFinal !== true || state.transitions.has(event.label)))
    return { kind: 'held', state: saga.state }
  if (state === undefined) return { kind: 'stranded', state: saga.state }

  const transition = state.transitions.get(event.label)
  if (transition === undefined) return { kind: 'unexpected', state: state.id, expected: [...state.transitions.keys()] }

  const refusal = transition.check?.(event.payload)
  if (refusal !== undefined) return { kind: 'refused', why: refusal }

  const merged = mergeOrWhy(machine, saga, event)
  if ('why' in merged) return { kind: 'refused', why: merged.why }

  const { id, length } = saga
  const { trace, headers } = event
  const visit = { state: transition.target, sagaId: id, number: length, metadata: merged.metadata, trace, headers }
  const step = {
    ...enter(visit, now),
    event: { id: event.id, label: event.label, business: transition.business },
    machine: machine.hash,
    changed: changedKeys(saga.metadata, merged.metadata, event.payload),
  }
  return { kind: 'moved', step }
}

/** The first step of a saga (C4.1). */
export function begin(machine: Machine, creation: Creation, now: Instant): Step {
  const { id, metadata, trace, headers } = creation
  return {
    ...enter({ state: machine.initial, sagaId: id, number: 0, metadata, trace, headers }, now),
    event: { id: creation.eventId, label: machine.creationEvent },
    machine: machine.hash,
    birth: { entity: creation.entity, fingerprint: creation.fingerprint },
  }
}

/** A merge that throws (a payload deeper than the stack, a user's hook) refuses the event (P5). */
function mergeOrWhy(
  machine: Machine,
  saga: Saga,
  event: SagaEvent,
): { readonly metadata: Metadata } | { readonly why: string } {
  try {
    return { metadata: machine.merge(saga.metadata, event.payload) }
  } catch (thrown) {
    return { why: `merge the payload: ${reasonThrown(thrown)}` }
  }
}

/** One stay of a saga in a state: commands, side effects and the timer are made of it (P18). */
export interface Visit {
  readonly state: State
  readonly sagaId: SagaId
  /** Of the step that enters the state. */
  readonly number: number
  /** After the step. */
  readonly metadata: Metadata
  readonly trace: string | undefined
  readonly headers: HandedOnHeaders | undefined
}

/** The part of a step that depends on the entered state alone, not on the event. */
export function enter(visit: Visit, now: Instant): Omit<Step, 'event' | 'machine'> {
  const { state, sagaId, number, metadata } = visit
  return {
    sagaId,
    number,
    at: now,
    state: { id: state.id, isFinal: state.isFinal, business: state.business },
    metadata,
    owes: state.command === undefined ? [] : [debtOf(state.command, visit, now)],
    sideEffects: state.sideEffects.map((template, index) => sideEffectOf(template, visit, index + 1)),
    timer: state.timeout && timerOf(state.timeout, number, now),
  }
}

/** The deadline is absolute: a restart or an outage does not move it (P18). */
function timerOf({ after, resends, event }: StateTimeout, step: number, now: Instant): Timer {
  return { step, deadline: now + after, resends, event }
}

function debtOf({ label, channel, lease }: CommandTemplate, visit: Visit, now: Instant): Debt {
  const { sagaId, number, trace, headers } = visit
  return { id: `${sagaId}/${number}/0`, label, channel, trace, headers, attempts: 0, since: now, due: now + lease }
}

function sideEffectOf({ label, channel }: CommandTemplate, visit: Visit, index: number): Command {
  const { sagaId, number, metadata, trace, headers } = visit
  return { id: `${sagaId}/${number}/${index}`, sagaId, label, channel, payload: metadata, trace, headers }
}
