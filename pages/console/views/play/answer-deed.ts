import type { PlayCommand } from '../../api/play.ts'
import { stateOf, type Machine, type MachineTransition } from '../../api/machine.ts'
import type { Deed } from '../../parts/deed.ts'
import { eventForm } from '../saga/event-fields.tsx'

/** An answer by hand, with a payload: in a dialog, with the form of the event's schema. */
export function answerDeed(machine: Machine, command: PlayCommand, event?: string): Deed {
  return {
    title: `Answer ${command.label.slice(0, 100)}`,
    effect:
      'The event goes to the saga as from the participant: its payload is checked, merged into the metadata, and the saga moves.',
    verb: 'Answer',
    hasTrial: false,
    wantsReason: false,
    Fields: eventForm({
      events: command.events,
      transitions: transitionsOf(machine, command),
      chosen: event !== undefined && command.events.includes(event) ? event : undefined,
      bodyOf: (label, payload) => `{"event":${JSON.stringify(label)},"payload":${payload}}`,
    }),
    request: ({ body }) => ({ method: 'POST', path: pathOf(command), body }),
  }
}

/** The path of a command that waits. */
export function pathOf({ id }: PlayCommand): string {
  return `play/commands/${id}`
}

/** An event of a command, and whether one click answers with it. */
export interface Choice {
  readonly event: string
  /** Its schema requires something, so a payload is asked for first. */
  readonly wantsPayload: boolean
  /** The event of the state's timeout, which the clock sends. */
  readonly isTimeout: boolean
}

/** The events that answer a command, that of the timeout last. */
export function choicesOf(machine: Machine, command: PlayCommand): readonly Choice[] {
  const transitions = transitionsOf(machine, command)
  const timeout = stateOf(machine, command.state ?? '')?.timeout?.event
  const choices = command.events.map((event) => {
    const schema = transitions.find(({ inputEvent }) => inputEvent === event)?.payloadValidationSchema
    return { event, wantsPayload: (schema?.required ?? []).length > 0, isTimeout: event === timeout }
  })
  return choices.toSorted((one, other) => Number(one.isTimeout) - Number(other.isTimeout))
}

function transitionsOf(machine: Machine, { state }: PlayCommand): readonly MachineTransition[] {
  return stateOf(machine, state ?? '')?.outgoingTransitions ?? []
}
