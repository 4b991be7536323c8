import * as v from 'valibot'
import type { Command, EventId, Metadata, SagaEvent, SagaId } from '../engine/saga.ts'

/** Longest id and label that anybody may hand in, in UTF-16 units. */
export const LONGEST_NAME = 1_024

const name = (what: string) =>
  v.pipe(
    v.string(`${what} must be a string`),
    v.minLength(1, `${what} must not be empty`),
    v.maxLength(LONGEST_NAME, `${what} must not be longer than ${LONGEST_NAME} characters`),
  )

/** A JSON object as it is, not a copy: own keys such as `__proto__` included. Deeper values are the participants' affair. */
const jsonObject = (what: string) =>
  v.custom<Metadata>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    `${what} must be an object`,
  )

/** An array has no names, and Valibot takes it for an object that lacks them. */
const noArray = <T>(schema: v.GenericSchema<unknown, T>, message: string) => {
  const refusal: v.GenericSchema<unknown, T> = v.never(message)
  return v.lazy((input) => (Array.isArray(input) ? refusal : schema))
}

const AN_EVENT = 'the body must be an object with key and value'
const A_VALUE = 'value must be an object with messageLabel and messagePayload'
const AN_OBJECT = 'the value must be an object with messageLabel and messagePayload'
const A_CREATION = 'the body must be an object with associatedEntityId and metadata'

/** The body of `POST /event` (C3.4): all four required, nothing else allowed. */
export const EVENT_BODY: v.GenericSchema<unknown, EventBody> = noArray(
  v.strictObject(
    {
      key: name('key'),
      value: noArray(
        v.strictObject(
          { messageLabel: name('value.messageLabel'), messagePayload: jsonObject('value.messagePayload') },
          A_VALUE,
        ),
        A_VALUE,
      ),
    },
    AN_EVENT,
  ),
  AN_EVENT,
)

/** The value of an event on Kafka (C3.3). What else a producer puts beside the two is its own affair. */
const VALUE = noArray(
  v.object({ messageLabel: name('messageLabel'), messagePayload: jsonObject('messagePayload') }, AN_OBJECT),
  AN_OBJECT,
)

/** The body of `POST /saga` (C7): both required, nothing else. */
export const CREATION_BODY: v.GenericSchema<unknown, CreationBody> = noArray(
  v.strictObject(
    {
      associatedEntityId: v.pipe(
        v.string('associatedEntityId must be a string'),
        v.maxLength(LONGEST_NAME, `associatedEntityId must not be longer than ${LONGEST_NAME} characters`),
      ),
      metadata: jsonObject('metadata'),
    },
    A_CREATION,
  ),
  A_CREATION,
)

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  /** Every reason, in one sentence. */
  | { readonly ok: false; readonly why: string }

/** What an event says; its id comes beside it (C3.5). */
export function decodeEvent(body: unknown, id: EventId, trace?: string): Decoded<SagaEvent> {
  const read = v.safeParse(EVENT_BODY, body)
  if (!read.success) return { ok: false, why: sentence(read.issues) }
  const { key, value } = read.output
  return { ok: true, value: { id, sagaId: key, label: value.messageLabel, payload: value.messagePayload, trace } }
}

/** An event as it stands in a record: its saga is the record's key (C3.3). */
export function decodeValue(value: unknown, sagaId: SagaId, id: EventId, trace?: string): Decoded<SagaEvent> {
  // What nearly every record is needs no schema: it is for saying what is wrong with the others.
  if (isValue(value))
    return { ok: true, value: { id, sagaId, label: value.messageLabel, payload: value.messagePayload, trace } }
  const read = v.safeParse(VALUE, value)
  if (!read.success) return { ok: false, why: sentence(read.issues) }
  return {
    ok: true,
    value: { id, sagaId, label: read.output.messageLabel, payload: read.output.messagePayload, trace },
  }
}

function isValue(value: unknown): value is { readonly messageLabel: string; readonly messagePayload: Metadata } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { messageLabel, messagePayload } = value as {
    readonly messageLabel?: unknown
    readonly messagePayload?: unknown
  }
  const isLabel = typeof messageLabel === 'string' && messageLabel !== '' && messageLabel.length <= LONGEST_NAME
  return isLabel && typeof messagePayload === 'object' && messagePayload !== null && !Array.isArray(messagePayload)
}

export interface EventBody {
  readonly key: SagaId
  readonly value: { readonly messageLabel: string; readonly messagePayload: Metadata }
}

export interface CreationBody {
  readonly associatedEntityId: string
  readonly metadata: Metadata
}

export function decodeCreation(body: unknown): Decoded<CreationBody> {
  const read = v.safeParse(CREATION_BODY, body)
  return read.success ? { ok: true, value: read.output } : { ok: false, why: sentence(read.issues) }
}

/** A command as a REST participant receives it (C3.2). */
export function encodeCommand(command: Command): string {
  return JSON.stringify({ key: command.sagaId, value: valueOf(command) })
}

/** A command's value on Kafka (C3.1); its key is the saga's id. */
export function encodeValue(command: Command): string {
  return JSON.stringify(valueOf(command))
}

function valueOf({ label, payload }: Command) {
  return { messageLabel: label, messagePayload: payload }
}

function sentence(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map(explain).join('; ')
}

const OBJECTS: ReadonlySet<string> = new Set(['object', 'strict_object'])

/** Valibot's own words for a missing and for an unknown key speak of types; ours name the field. */
function explain(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? ''
  if (issue.kind !== 'schema' || !OBJECTS.has(issue.type)) return issue.message
  if (issue.expected === 'never') return `${path} is not a known field`
  return issue.received === 'undefined' && issue.path !== undefined ? `${path} is missing` : issue.message
}
