import * as v from 'valibot'
import { integerOf } from './decimal.ts'
import type { Inexact } from './numbers.ts'
import type { Command, EventId, HandedOnHeaders, Metadata, SagaEvent, SagaId } from '../engine/saga.ts'

/** Longest id and label that a message may have, in UTF-16 units. */
export const LONGEST_NAME = 1_024

const name = (what: string) =>
  v.pipe(
    v.string(`${what} must be a string`),
    v.minLength(1, `${what} must not be empty`),
    v.maxLength(LONGEST_NAME, `${what} must not be longer than ${LONGEST_NAME} characters`),
  )

/** A JSON object, not copied, so that own keys such as `__proto__` stay. Its values are not checked. */
const jsonObject = (what: string) =>
  v.custom<Metadata>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    `${what} must be an object`,
  )

/** `null` is `{}`, as clients of the reference send it (C3.4). */
const payload = (what: string) =>
  v.pipe(
    v.nullable(jsonObject(what)),
    v.transform((given) => given ?? {}),
  )

/** The id as text: the reference takes a number as its text and null as an empty one (C7). */
const entity = (what: string) => {
  const tooLong = `${what} must not be longer than ${LONGEST_NAME} characters`
  const text = v.pipe(v.string(), v.maxLength(LONGEST_NAME, tooLong))
  return v.pipe(
    v.union([v.nullable(text), v.number()], `${what} must be a string, a number or null`),
    v.transform((given) => (given === null ? '' : String(given))),
  )
}

/** Refuses arrays, which Valibot takes for objects without keys. */
const noArray = <T>(schema: v.GenericSchema<unknown, T>, message: string) => {
  const refusal: v.GenericSchema<unknown, T> = v.never(message)
  return v.lazy((input) => (Array.isArray(input) ? refusal : schema))
}

const AN_EVENT = 'the body must be an object with key and value'
const A_VALUE = 'value must be an object with messageLabel and messagePayload'
const A_MESSAGE = 'the body must be an object with messageLabel and messagePayload'
const AN_OBJECT = 'the value must be an object with messageLabel and messagePayload'
const A_CREATION = 'the body must be an object with associatedEntityId and metadata'

/** A message in a body: both required, nothing else. `prefix`: of the names of its fields in an error. */
const messageOf = (prefix: string, expected: string) =>
  noArray(
    v.strictObject(
      { messageLabel: name(`${prefix}messageLabel`), messagePayload: payload(`${prefix}messagePayload`) },
      expected,
    ),
    expected,
  )

/** The body of `POST /sagas/{sagaId}/event`: the value of an event (C3.4), whose saga is that of the path. */
export const MESSAGE_BODY: v.GenericSchema<unknown, MessageBody> = messageOf('', A_MESSAGE)

/** The body of `POST /event` (C3.4): all four required, nothing else allowed. */
export const EVENT_BODY: v.GenericSchema<unknown, EventBody> = noArray(
  v.strictObject(
    {
      key: name('key'),
      value: messageOf('value.', A_VALUE),
    },
    AN_EVENT,
  ),
  AN_EVENT,
)

/** The value of an event on Kafka (C3.3). Further fields are ignored. */
const VALUE = noArray(
  v.object({ messageLabel: name('messageLabel'), messagePayload: payload('messagePayload') }, AN_OBJECT),
  AN_OBJECT,
)

/** The body of `POST /saga` (C7): both required, nothing else. */
export const CREATION_BODY: v.GenericSchema<unknown, CreationBody> = noArray(
  v.strictObject(
    {
      associatedEntityId: entity('associatedEntityId'),
      metadata: jsonObject('metadata'),
    },
    A_CREATION,
  ),
  A_CREATION,
)

/** A decoded value, or a sentence that says what was found and what was expected. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  /** All reasons, in one sentence. */
  | { readonly ok: false; readonly why: string }

/** Fields of an event that come in headers of its message (C3.5, C3.6). */
export interface HeaderFields {
  readonly id: EventId
  readonly trace?: string | undefined
  readonly headers?: HandedOnHeaders | undefined
}

/** Decodes the body of `POST /event`. */
export function decodeEvent(body: unknown, { id, trace, headers }: HeaderFields): Decoded<SagaEvent> {
  const read = v.safeParse(EVENT_BODY, body)
  if (!read.success) return { ok: false, why: describeIssues(read.issues) }
  const { key, value } = read.output
  const { messageLabel: label, messagePayload: payload } = value
  return { ok: true, value: { id, sagaId: key, label, payload, trace, headers } }
}

/** Fields of an event that its record has outside of the value: the saga's id is the record's key. */
export interface RecordFields extends HeaderFields {
  readonly sagaId: SagaId
}

/** Decodes the value of a Kafka record (C3.3). */
export function decodeValue(value: unknown, { sagaId, id, trace, headers }: RecordFields): Decoded<SagaEvent> {
  // The schema, which is slow, runs for other values alone, to explain them.
  if (isValue(value)) {
    const { messageLabel: label, messagePayload } = value
    return { ok: true, value: { id, sagaId, label, payload: messagePayload ?? {}, trace, headers } }
  }
  const read = v.safeParse(VALUE, value)
  if (!read.success) return { ok: false, why: describeIssues(read.issues) }
  const { messageLabel: label, messagePayload: payload } = read.output
  return { ok: true, value: { id, sagaId, label, payload, trace, headers } }
}

function isValue(value: unknown): value is { readonly messageLabel: string; readonly messagePayload: Metadata | null } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { messageLabel, messagePayload } = value as {
    readonly messageLabel?: unknown
    readonly messagePayload?: unknown
  }
  const isLabel = typeof messageLabel === 'string' && messageLabel !== '' && messageLabel.length <= LONGEST_NAME
  return isLabel && typeof messagePayload === 'object' && !Array.isArray(messagePayload)
}

/** The decoded body of `POST /event`. */
export interface EventBody {
  readonly key: SagaId
  readonly value: MessageBody
}

/** Label and payload of an event. */
export interface MessageBody {
  readonly messageLabel: string
  readonly messagePayload: Metadata
}

/** The decoded body of `POST /saga`. */
export interface CreationBody {
  readonly associatedEntityId: string
  readonly metadata: Metadata
}

/** Decodes the body of `POST /saga`. `inexact`: its numbers that no double holds; an id among them keeps its digits. */
export function decodeCreation(body: unknown, inexact?: Pick<Inexact, 'told'>): Decoded<CreationBody> {
  const read = v.safeParse(CREATION_BODY, inexact === undefined ? body : withExactId(body, inexact))
  return read.success ? { ok: true, value: read.output } : { ok: false, why: describeIssues(read.issues) }
}

/** The body with an integer that no double holds as text, so that two ids never become one (C7). */
function withExactId(body: unknown, inexact: Pick<Inexact, 'told'>): unknown {
  const { associatedEntityId: id } = (body ?? {}) as { readonly associatedEntityId?: unknown }
  if (id === undefined || typeof id === 'string') return body
  const { associatedEntityId: written } = inexact.told() as { readonly associatedEntityId?: unknown }
  const digits = typeof written === 'string' ? integerOf(written.slice(1)) : undefined
  return digits === undefined ? body : { ...(body as object), associatedEntityId: digits }
}

/** The body of a command to a REST participant (C3.2), or the one that its hook made (C2.7). */
export function encodeCommand(command: Command): string {
  return command.body ?? JSON.stringify({ key: command.sagaId, value: valueOf(command) })
}

/** The value of a command's record on Kafka (C3.1), or the one that its hook made (C2.7); the key is the saga's id. */
export function encodeValue(command: Command): string {
  return command.body ?? JSON.stringify(valueOf(command))
}

function valueOf({ label, payload }: Command) {
  return { messageLabel: label, messagePayload: payload }
}

/** Everything that is wrong with a body, as one sentence that names each field. */
export function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map(explain).join('; ')
}

const OBJECTS: ReadonlySet<string> = new Set(['object', 'strict_object'])

/** Names the field where Valibot's message for a missing or unknown key names types. */
function explain(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? ''
  if (!OBJECTS.has(issue.type)) return issue.message
  if (issue.expected === 'never') return `${path} is not a known field`
  return issue.received === 'undefined' && issue.path !== undefined ? `${path} is missing` : issue.message
}
