import type { CommandTemplate, Machine, State, Transition } from '../machine/compile.ts'
import type { Command, Creation, Debt, Instant, Metadata, Saga, SagaEvent, SagaId, Step } from './saga.ts'

export type Decision =
  | { readonly kind: 'moved'; readonly step: Step }
  | { readonly kind: 'unexpected'; readonly state: string; readonly expected: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'stranded'; readonly state: string }

/**
 * What one event does to a saga (C4.2). Pure and total: every saga and every event has an answer, none is thrown.
 *
 * - `moved`: the step to save, with the commands it owes.
 * - `unexpected`: the state does not list the event (C4.3), or is final (C4.5, I6).
 * - `refused`: the payload breaks a rule of the transition, or cannot be merged (P5).
 * - `stranded`: this machine no longer has the saga's state (P11).
 */
export function decide(machine: Machine, saga: Saga, event: SagaEvent, now: Instant): Decision {
  // What ended expects nothing, though the machine may have changed its mind about the state since, or lost it (C4.5, I6).
  if (saga.isFinal) return { kind: 'unexpected', state: saga.state, expected: [] }
  const state = machine.states.get(saga.state)
  if (state === undefined) return { kind: 'stranded', state: saga.state }

  const transition = state.transitions.get(event.label)
  if (transition === undefined) return { kind: 'unexpected', state: state.id, expected: [...state.transitions.keys()] }

  const merged = mergeOrWhy(machine, saga, event)
  if ('why' in merged) return { kind: 'refused', why: merged.why }
  return { kind: 'moved', step: stepAlong(machine, saga, transition, event, merged.metadata, now) }
}

/** The first step of a saga (C4.1). */
export function begin(machine: Machine, creation: Creation, now: Instant): Step {
  const step = enter(machine.initial, creation.id, 0, creation.metadata, creation.trace, now)
  return {
    ...step,
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
    return { why: `merge the payload: ${thrown instanceof Error ? thrown.message : String(thrown)}` }
  }
}

function stepAlong(
  machine: Machine,
  saga: Saga,
  transition: Transition,
  event: SagaEvent,
  metadata: Metadata,
  now: Instant,
): Step {
  const step = enter(transition.target, saga.id, saga.length, metadata, event.trace, now)
  return {
    ...step,
    event: { id: event.id, label: event.label, business: transition.business },
    machine: machine.hash,
  }
}

/** What entering a state means, however one came there. */
function enter(
  state: State,
  sagaId: SagaId,
  number: number,
  metadata: Metadata,
  trace: string | undefined,
  now: Instant,
): Omit<Step, 'event' | 'machine'> {
  return {
    sagaId,
    number,
    at: now,
    state: { id: state.id, isFinal: state.isFinal, business: state.business },
    metadata,
    owes: state.command === undefined ? [] : [owe(state.command, `${sagaId}/${number}/0`, trace, now)],
    sideEffects: state.sideEffects.map((template, index) =>
      aside(template, sagaId, number, index + 1, metadata, trace),
    ),
  }
}

function owe(template: CommandTemplate, id: string, trace: string | undefined, now: Instant): Debt {
  const { label, channel, lease } = template
  return { id, label, channel, trace, attempts: 0, since: now, due: now + lease }
}

function aside(
  { label, channel }: CommandTemplate,
  sagaId: SagaId,
  number: number,
  index: number,
  payload: Metadata,
  trace: string | undefined,
): Command {
  return { id: `${sagaId}/${number}/${index}`, sagaId, label, channel, payload, trace }
}
