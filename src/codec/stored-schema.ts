import * as v from 'valibot'
import type { Hold, Instant, KeptSideEffect, Metadata } from '../engine/saga.ts'
import { isHandedOn } from './handed-on-headers.ts'
import { isObject } from './plain-head.ts'

/**
 * Schemas of stored data. A disk or a hand may have damaged them, so everything that is acted on is checked; unknown keys are
 * allowed, since a newer version may have written them.
 */

/** Range of `Date`. */
export const INSTANT: v.GenericSchema<Instant> = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15))
/** Metadata: an object, its values unchecked. */
export const OBJECT: v.GenericSchema<Metadata> = v.custom<Metadata>(isObject, 'is no object')
/** Headers that were handed on (C3.6): a damaged one could never be sent. */
const HEADERS = v.pipe(OBJECT, v.check(isHandedOn, 'are no headers'))
/** A number of things, or of a step. */
export const COUNT: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const MESSAGE = {
  id: v.string(),
  label: v.string(),
  trace: v.optional(v.string()),
  headers: v.optional(HEADERS),
  attempts: COUNT,
  since: INSTANT,
}

const BODY = v.optional(v.string())
const SEND_REPORT = v.looseObject({
  at: INSTANT,
  status: v.optional(v.number()),
  answer: v.optional(v.string()),
})
const DEBT = v.looseObject({
  ...MESSAGE,
  channel: v.string(),
  payload: v.optional(OBJECT),
  body: BODY,
  held: v.optional(v.number()),
  due: INSTANT,
  claimed: v.optional(v.literal(true)),
  sends: v.optional(COUNT),
  last: v.optional(SEND_REPORT),
})
const LETTER = v.looseObject({ ...MESSAGE, payload: OBJECT, why: v.string(), last: v.optional(SEND_REPORT) })
const DEAD_COMMAND = v.looseObject({
  ...LETTER.entries,
  channel: v.string(),
  body: BODY,
  hookFailed: v.optional(v.literal(true)),
  lost: v.optional(v.picklist(['payload', 'body'])),
})
const DEAD_EVENT = v.looseObject({ ...LETTER.entries, kind: v.literal('event') })
const EVENT = v.looseObject({
  id: v.string(),
  sagaId: v.string(),
  label: v.string(),
  payload: OBJECT,
  headers: v.optional(HEADERS),
})
const SIDE_EFFECT = v.looseObject({
  id: v.string(),
  label: v.string(),
  channel: v.string(),
  trace: v.optional(v.string()),
  headers: v.optional(HEADERS),
  body: BODY,
})
const PARKED = v.looseObject({ event: EVENT, since: INSTANT, expires: INSTANT, due: v.optional(INSTANT) })

/** The outbox of a stored head. */
export const OWED: v.GenericSchema = v.array(DEBT)
/** The dead letters of a stored head. */
export const DEAD: v.GenericSchema = v.array(
  v.lazy((letter) => ((letter as { kind?: unknown } | null)?.kind === undefined ? DEAD_COMMAND : DEAD_EVENT)),
)
/** The parked events of a stored head. */
export const WAITING: v.GenericSchema = v.array(PARKED)
/** The timer of a stored head. */
export const TIMER: v.GenericSchema = v.looseObject({
  step: COUNT,
  deadline: INSTANT,
  resends: COUNT,
  event: v.optional(v.string()),
})
/** The delivered commands of a stored head. */
export const DELIVERED: v.GenericSchema = v.array(
  v.looseObject({
    id: v.string(),
    label: v.string(),
    channel: v.string(),
    since: INSTANT,
    at: INSTANT,
    sends: COUNT,
    headers: v.optional(HEADERS),
    body: BODY,
  }),
)
const KEPT_SIDE_EFFECT = v.custom<KeptSideEffect>((value) => v.is(SIDE_EFFECT, value), 'is no side effect')
/** The hold of a stored head (P26). */
export const HOLD: v.GenericSchema<Hold> = v.looseObject({
  since: INSTANT,
  until: v.optional(INSTANT),
  isBeginning: v.optional(v.literal(true)),
  sideEffects: v.optional(v.array(KEPT_SIDE_EFFECT)),
})
/** The operations of a stored head (P25). A later version may have actions that this one lacks. */
export const OPERATIONS: v.GenericSchema = v.array(
  v.looseObject({ id: v.string(), action: v.string(), at: INSTANT, operator: v.string(), reason: v.string() }),
)
/** The business tag of a stored head: id and description of a business state. */
export const TAG: v.GenericSchema = v.looseObject({
  id: v.union([v.string(), v.number()]),
  description: v.optional(v.string()),
})
/** The number of steps in a stored history. */
export const LENGTH: v.GenericSchema = COUNT

/** The part of a document that comes from outside of the machine. */
export const FOREIGN: v.GenericSchema = v.looseObject({
  associatedEntityId: v.string(),
  metadata: OBJECT,
  owed: v.optional(OWED),
  dead: v.optional(DEAD),
  parked: v.optional(WAITING),
  operations: v.optional(OPERATIONS),
})

/** Names the first flaw of a value by path and expectation; `undefined` where it has none. Never contains the value. */
export function flawOf(schema: v.GenericSchema, value: unknown): string | undefined {
  const { issues } = v.safeParse(schema, value, { abortEarly: true })
  if (issues === undefined) return undefined
  const [{ expected, ...issue }] = issues
  const path = v.getDotPath(issue as never) ?? ''
  return `${path === '' ? 'it' : `"${path}"`} is not what it must be${expected === null ? '' : `: ${expected}`}`
}
