import type { ComponentType, VNode } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { stateOf } from '../../api/machine.ts'
import type { FieldsProps } from '../../parts/deed.ts'
import type { Draft } from '../../parts/draft.ts'
import { PayloadForm } from '../../parts/payload-form.tsx'
import type { DeedContext } from './deed-context.ts'

/** The event, of those that the state lists, and its payload. */
export function eventFields({ saga, machine }: DeedContext): ComponentType<FieldsProps> {
  const events = saga.waitingFor ?? []
  const transitions = stateOf(machine, saga.currentState)?.outgoingTransitions ?? []
  return function EventFields({ onDraft }: FieldsProps): VNode {
    const [event, setEvent] = useState(events.length === 1 ? (events[0] ?? '') : '')
    const [payload, setPayload] = useState<Draft>({ body: '{}' })
    const take = useCallback((draft: Draft) => setPayload(draft), [])
    useEffect(() => onDraft(eventDraft({ event, payload })), [event, payload, onDraft])
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

interface EventParts {
  readonly event: string
  readonly payload: Draft
}

function eventDraft({ event, payload }: EventParts): Draft {
  if (event === '') return { problem: 'Choose the event.' }
  if (payload.problem !== undefined) return payload
  return { body: `{"messageLabel":${JSON.stringify(event)},"messagePayload":${payload.body ?? '{}'}}` }
}
