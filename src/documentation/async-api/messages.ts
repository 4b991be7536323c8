import type { MachineDefinition, PayloadSchema } from '../../machine/definition.ts'
import { UniqueKeys } from '../unique-keys.ts'
import { placedSchema, schemaFormatOf } from './payload-schema.ts'

/** How a message travels: as the value of a record, or with the saga's id in a body. */
export type Envelope = 'kafka' | 'rest'

/** A message of AsyncAPI, and its key in `components.messages`. */
export interface NamedMessage {
  readonly key: string
  readonly message: object
}

/** A label of the machine with the states that it belongs to. */
interface Label {
  readonly label: string
  readonly states: readonly string[]
  readonly schema?: PayloadSchema | undefined
  /** A hook makes the whole body, of whatever shape (C2.7). */
  readonly isHooked?: boolean
}

/** The messages of a machine, each made once and kept for `components.messages`. */
export class Messages {
  readonly #machine: MachineDefinition
  readonly #keys = new UniqueKeys()
  readonly #made = new Map<string, NamedMessage>()

  constructor(machine: MachineDefinition) {
    this.#machine = machine
  }

  /** All messages so far, by their key. */
  get all(): Readonly<Record<string, object>> {
    return Object.fromEntries([...this.#made.values()].map(({ key, message }) => [key, message]))
  }

  /** Commands and side effects that the machine sends to a channel. */
  commandsTo(channel: string, envelope: Envelope): readonly NamedMessage[] {
    return commandLabels(this.#machine, channel).map((label) => this.#message('command', label, envelope))
  }

  /** Events of the machine; one for each schema, where states check the same event differently. */
  events(envelope: Envelope): readonly NamedMessage[] {
    return eventLabels(this.#machine).map((label) => this.#message('event', label, envelope))
  }

  #message(kind: 'command' | 'event', label: Label, envelope: Envelope): NamedMessage {
    const id = JSON.stringify([kind, envelope, label.label, label.schema, label.isHooked])
    const known = this.#made.get(id)
    if (known !== undefined) return known
    const key = this.#keys.keyOf(`${kind}.${label.label}.${envelope}`)
    const made = { key, message: messageOf(kind, label, { envelope, key }) }
    this.#made.set(id, made)
    return made
  }
}

function commandLabels({ states }: MachineDefinition, channel: string): readonly Label[] {
  const labels = new Map<string, Label>()
  for (const { id, outputCommand, sideEffects = [] } of states) {
    for (const command of [...(outputCommand ? [outputCommand] : []), ...sideEffects]) {
      if (command.channel !== channel) continue
      const [label, isHooked] = [command.label, command.hook !== undefined]
      const key = JSON.stringify([label, isHooked])
      const states = new Set([...(labels.get(key)?.states ?? []), id])
      labels.set(key, { label, isHooked, states: [...states] })
    }
  }
  return [...labels.values()]
}

function eventLabels({ states }: MachineDefinition): readonly Label[] {
  const labels = new Map<string, Label>()
  for (const { id, outgoingTransitions = [] } of states) {
    for (const { inputEvent, payloadValidationSchema: schema } of outgoingTransitions) {
      const key = JSON.stringify([inputEvent, schema])
      labels.set(key, { label: inputEvent, states: [...(labels.get(key)?.states ?? []), id], schema })
    }
  }
  return [...labels.values()]
}

interface MessagePlace {
  readonly envelope: Envelope
  readonly key: string
}

function messageOf(kind: 'command' | 'event', label: Label, { envelope, key }: MessagePlace): object {
  const { label: name, states, schema, isHooked = false } = label
  const value = ['properties', ...(envelope === 'rest' ? ['value', 'properties'] : []), 'messagePayload']
  const place = ['#/components/messages', key, 'payload/schema', ...value].join('/')
  const inner = valueSchema(name, schema === undefined ? PAYLOADS[kind] : placedSchema(schema, place))
  return {
    name,
    title: name,
    summary: `${kind === 'command' ? 'Sent on entering' : 'Expected in'} ${states.join(', ')}`,
    contentType: 'application/json',
    headers: HEADERS[kind],
    payload: {
      schemaFormat: schemaFormatOf(schema),
      schema: isHooked ? HOOKED : envelope === 'kafka' ? inner : bodySchema(inner),
    },
    ...(envelope === 'kafka' && { bindings: { kafka: { key: SAGA_ID, bindingVersion: '0.5.0' } } }),
  }
}

const SAGA_ID = { type: 'string', minLength: 1, description: 'Id of the saga' }

const PAYLOADS = {
  command: { type: 'object', description: 'The whole metadata of the saga' },
  event: { type: 'object', description: 'Merged into the metadata of the saga, key by key' },
}

const HOOKED = { description: 'Made by a hook of saga.json' }

function valueSchema(label: string, payload: PayloadSchema): object {
  return {
    type: 'object',
    required: ['messageLabel', 'messagePayload'],
    properties: { messageLabel: { const: label }, messagePayload: payload },
  }
}

function bodySchema(value: object): object {
  return { type: 'object', required: ['key', 'value'], properties: { key: SAGA_ID, value } }
}

const TRACE = { traceparent: { type: 'string', description: 'W3C trace context' } }

const HEADERS = {
  command: {
    type: 'object',
    required: ['idempotency-key'],
    properties: {
      'idempotency-key': { type: 'string', description: 'Id of the command, the same in every repeat' },
      ...TRACE,
    },
  },
  event: {
    type: 'object',
    properties: {
      'idempotency-key': { type: 'string', description: 'Id of the event: a repeated one has no second effect' },
      ...TRACE,
    },
  },
}
