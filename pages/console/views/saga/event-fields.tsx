import type { ComponentType, VNode } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { stateOf, type MachineTransition } from '../../api/machine.ts'
import type { FieldsProps } from '../../parts/deed.ts'
import type { Draft } from '../../parts/draft.ts'
import { PayloadForm } from '../../parts/payload-form.tsx'
import type { DeedContext } from './deed-context.ts'

/** The events that a dialog offers, and the body of its request. */
export interface EventForm {
  readonly events: readonly string[]
  readonly transitions: readonly MachineTransition[]
  /** The event that is chosen at first. Default: the only one. */
  readonly chosen?: string | undefined
  /** The JSON text of the request, of the label of the event and the JSON text of its payload. */
  readonly bodyOf: (event: string, payload: string) => string
}

/** The event, of those that the state lists, and its payload. */
export function eventFields({ saga, machine }: DeedContext): ComponentType<FieldsProps> {
  return eventForm({
    events: saga.waitingFor ?? [],
    transitions: stateOf(machine, saga.currentState)?.outgoingTransitions ?? [],
    bodyOf: (event, payload) => `{"messageLabel":${JSON.stringify(event)},"messagePayload":${payload}}`,
  })
}

/** Fields of a dialog that choose an event and make its payload. */
export function eventForm({ events, transitions, chosen, bodyOf }: EventForm): ComponentType<FieldsProps> {
  return function EventFields({ onDraft }: FieldsProps): VNode {
    const [event, setEvent] = useState(chosen ?? (events.length === 1 ? (events[0] ?? '') : ''))
    const [payload, setPayload] = useState<Draft>({ body: '{}' })
    const take = useCallback((draft: Draft) => setPayload(draft), [])
    useEffect(() => onDraft(eventDraft({ event, payload, bodyOf })), [event, payload, onDraft])
    const transition = transitions.find(({ inputEvent }) => inputEvent === event)
    return (
      <>
        <label for="event">Event</label>
        <select id="event" value={event} onChange={(changed) => setEvent(changed.currentTarget.value)}>
          <option value="">Choose…</option>
          {events.map((label) => (
            <option key={label} value={label}>
              {label.slice(0, 100)}
            </option>
          ))}
        </select>
        {transition && (
          <p class="muted">
            leads to <bdi>{transition.targetState.slice(0, 100)}</bdi>
          </p>
        )}
        {event !== '' && (
          <PayloadForm key={event} name="payload" schema={transition?.payloadValidationSchema} onDraft={take} />
        )}
      </>
    )
  }
}

interface EventParts extends Pick<EventForm, 'bodyOf'> {
  readonly event: string
  readonly payload: Draft
}

function eventDraft({ event, payload, bodyOf }: EventParts): Draft {
  if (event === '') return { problem: 'Choose the event.' }
  if (payload.problem !== undefined) return payload
  return { body: bodyOf(event, payload.body ?? '{}') }
}
