import { encoded } from '../../address.ts'
import type { DeadLetter, ParkedEvent, SagaDocument } from '../../api/documents.ts'
import { stateOf } from '../../api/machine.ts'
import type { Deed } from '../../parts/deed.ts'
import type { DeedContext } from './deed-context.ts'
import { eventFields } from './event-fields.tsx'
import { cancelFields, moveFields, PatchFields } from './move-fields.tsx'

/** The actions that fit the saga as it is. */
export function deedsOf({ saga, machine }: DeedContext): readonly Deed[] {
  const { waitingFor = [], owed = [], deadLetters = [], hold, isFinal, currentState } = saga
  const hasCommand = stateOf(machine, currentState)?.outputCommand?.channel !== undefined
  return [
    ...(waitingFor.length > 0 ? [sendEvent({ saga, machine })] : []),
    ...(owed.length + deadLetters.length > 0 ? [redeliver(saga)] : []),
    ...(hasCommand && !isFinal ? [resend(saga)] : []),
    ...(hold === undefined ? (isFinal ? [] : [holdSaga(saga)]) : [release(saga)]),
    move({ saga, machine }),
    ...(isFinal ? [] : [cancel({ saga, machine })]),
    patch(saga),
  ]
}

/** Sends again what the saga owes or has given up. */
export function redeliver(saga: SagaDocument): Deed {
  return {
    title: 'Redeliver',
    effect:
      'Each command that is owed or a dead letter is sent now, under its key of before. Dead events are offered again.',
    verb: 'Redeliver',
    hasTrial: true,
    request: () => ({ method: 'POST', path: pathOf(saga, 'redeliver') }),
  }
}

/** Ends the hold of a saga. */
export function release(saga: SagaDocument): Deed {
  return {
    title: 'Release',
    effect: 'The saga goes on: what it owes is sent, then parked events that its state lists are applied.',
    verb: 'Release',
    hasTrial: true,
    request: () => ({ method: 'POST', path: pathOf(saga, 'release') }),
  }
}

/** Drops a parked event. */
export function dropParked(saga: SagaDocument, { event }: ParkedEvent): Deed {
  return {
    title: `Drop the parked event ${event.label}`,
    effect: 'The event is never applied.',
    verb: 'Drop',
    hasTrial: true,
    request: () => ({
      method: 'DELETE',
      path: `${pathOf(saga, 'parked')}/${encoded(event.id)}?label=${encoded(event.label)}`,
    }),
  }
}

/** Drops a dead letter. */
export function dropDeadLetter(saga: SagaDocument, letter: DeadLetter): Deed {
  const { id, label, kind } = letter
  return {
    title: `Drop the dead ${kind} ${label}`,
    effect: kind === 'command' ? 'The command is never sent again.' : 'The event is never applied.',
    verb: 'Drop',
    hasTrial: true,
    request: () => ({
      method: 'DELETE',
      path: `${pathOf(saga, 'dead-letters')}/${encoded(id)}?label=${encoded(label)}`,
    }),
  }
}

function sendEvent({ saga, machine }: DeedContext): Deed {
  return {
    title: 'Send an event',
    effect:
      'The event goes to the saga as from a participant: its payload is checked, merged into the metadata, and the saga moves.',
    verb: 'Send',
    hasTrial: true,
    Fields: eventFields({ saga, machine }),
    request: ({ body }) => ({ method: 'POST', path: pathOf(saga, 'event'), body }),
  }
}

function resend(saga: SagaDocument): Deed {
  return {
    title: 'Resend',
    effect:
      'The command of the state is sent once more under the same key, for a participant that took it and lost the work.',
    verb: 'Resend',
    hasTrial: true,
    request: () => ({ method: 'POST', path: pathOf(saga, 'resend') }),
  }
}

function holdSaga(saga: SagaDocument): Deed {
  return {
    title: 'Hold',
    effect: 'The saga stands still: it parks every event, fires no timer and sends nothing until it is released.',
    verb: 'Hold',
    hasTrial: true,
    request: () => ({ method: 'POST', path: pathOf(saga, 'hold') }),
  }
}

function move({ saga, machine }: DeedContext): Deed {
  return {
    title: 'Move',
    effect: 'The saga enters another state by hand. Its metadata stay; commands that it owes stay owed.',
    verb: 'Move',
    hasTrial: true,
    Fields: moveFields(machine),
    request: ({ body }) => ({ method: 'POST', path: pathOf(saga, 'move'), body }),
  }
}

function cancel({ saga, machine }: DeedContext): Deed {
  return {
    title: 'Cancel',
    effect:
      'The saga ends in a final state without a command. Commands that it owes become dead letters, parked events are dropped.',
    verb: 'Cancel the saga',
    hasTrial: true,
    Fields: cancelFields(machine),
    request: ({ body }) => ({ method: 'POST', path: pathOf(saga, 'cancel'), body }),
  }
}

function patch(saga: SagaDocument): Deed {
  return {
    title: 'Change metadata',
    effect:
      'A merge patch: null removes a key, an object is merged, anything else replaces. Owed commands keep their content.',
    verb: 'Change',
    hasTrial: true,
    Fields: PatchFields,
    request: ({ body }) => ({ method: 'PATCH', path: pathOf(saga, 'metadata'), body }),
  }
}

function pathOf({ sagaId }: SagaDocument, action: string): string {
  return `sagas/${encoded(sagaId)}/${action}`
}
