import * as v from 'valibot'
import type { Metadata } from '../engine/saga.ts'
import { formOf, newestBusinessIdIn } from './document-form.ts'
import {
  COUNT,
  DEAD,
  DELIVERED,
  flawOf,
  HOLD,
  INSTANT,
  LENGTH,
  OBJECT,
  OPERATIONS,
  OWED,
  TIMER,
  WAITING,
} from './stored-schema.ts'
import type { StateEntry } from './history-entry.ts'
import type { Decoded } from './message.ts'
import type { StoredDocument, StoredEvent } from './stored-document.ts'

const ENTRIES = v.optional(v.nullable(v.array(v.record(v.string(), v.unknown()))))

/** Our keys, checked, since a document may have been edited by hand and their content is acted on. */
const OURS = {
  owed: v.nullish(OWED),
  dead: v.nullish(DEAD),
  parked: v.nullish(WAITING),
  timer: v.nullish(TIMER),
  length: v.nullish(LENGTH),
  due: v.nullish(INSTANT),
  created: v.nullish(INSTANT),
  updated: v.nullish(INSTANT),
  delivered: v.nullish(DELIVERED),
  hold: v.nullish(HOLD),
  operations: v.nullish(OPERATIONS),
  entered: v.nullish(INSTANT),
  entering: v.nullish(COUNT),
}

const HISTORY = v.pipe(OBJECT, v.looseObject({ states: ENTRIES, events: ENTRIES, ...OURS }))

/**
 * Least that a readable saga has; all other fields are taken as they are. Flow Manager's stores answer at least this (C6.1).
 * Nothing depends on `latestEvent`, so a value of any type is readable (C5a).
 */
const LEAST = v.looseObject({
  associatedEntityId: v.optional(v.nullable(v.string())),
  currentState: v.string(),
  isFinal: v.optional(v.nullable(v.boolean())),
  businessStateId: v.optional(v.nullable(v.union([v.string(), v.number()]))),
  businessStateDescription: v.optional(v.nullable(v.string())),
  metadata: v.optional(v.nullable(OBJECT)),
  history: v.nullish(HISTORY),
})

/**
 * Reads a document of Flow Manager or of ours (C5, C5a): a `latestEvent` of any form, a history with or without lists, or none.
 * Where it is not a saga, the reason names the field and what it must be, never its value.
 */
export function readStoredDocument(value: unknown, sagaId: string): Decoded<StoredDocument> {
  const read = v.safeParse(LEAST, value, { abortEarly: true })
  if (!read.success) return { ok: false, why: flawOf(LEAST, value) ?? 'it is not a saga' }
  const { history, ...fields } = read.output
  const events = (history?.events ?? []) as unknown as StoredEvent[]
  const document: StoredDocument = {
    sagaId,
    associatedEntityId: fields.associatedEntityId ?? '',
    currentState: fields.currentState,
    latestEvent: latestEventIn(value, events),
    isFinal: fields.isFinal ?? false,
    businessStateId: businessStateIdIn(value, fields.businessStateId),
    businessStateDescription: fields.businessStateDescription ?? null,
    metadata: (value as { metadata?: Metadata | null }).metadata ?? {},
    history: {
      ...(history as object),
      states: (history?.states ?? []) as unknown as StateEntry[],
      events,
    },
    form: formOf(value),
  }
  return { ok: true, value: document }
}

/** The label of the newest event (C5a): the public documentation does not name the keys of the object. */
function latestEventIn(value: unknown, events: readonly StoredEvent[]): string {
  const { latestEvent } = value as { latestEvent?: unknown }
  const { event, label, name } = (typeof latestEvent === 'object' ? (latestEvent ?? {}) : {}) as Record<string, unknown>
  return [latestEvent, event, label, name, events.at(-1)?.event].find(isLabel) ?? ''
}

function isLabel(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** A collection of texts has a number as its text, and none as the empty text; the history has it as the machine does. */
function businessStateIdIn(value: unknown, field: string | number | null | undefined): string | number | null {
  if (field === undefined || field === null || field === '') return null
  const newest = newestBusinessIdIn(value)
  return typeof newest === 'number' && String(newest) === field ? newest : field
}
