import * as v from 'valibot'
import type { Metadata } from '../engine/saga.ts'
import { DEAD, INSTANT, LENGTH, OBJECT, OWED, TIMER, WAITING } from './stored-schema.ts'
import type { StateEntry } from './document.ts'
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
}

/**
 * Least that a readable saga has; all other fields are taken as they are. Flow Manager's stores answer at least this (C6.1).
 */
const LEAST = v.looseObject({
  associatedEntityId: v.optional(v.nullable(v.string())),
  currentState: v.string(),
  latestEvent: v.optional(v.nullable(v.string())),
  isFinal: v.optional(v.nullable(v.boolean())),
  businessStateId: v.optional(v.nullable(v.union([v.string(), v.number()]))),
  businessStateDescription: v.optional(v.nullable(v.string())),
  metadata: v.optional(v.nullable(OBJECT)),
  history: v.nullish(v.looseObject({ states: ENTRIES, events: ENTRIES, ...OURS })),
})

/** Reads a store's document; `undefined` where it is not a saga. */
export function readStoredDocument(value: unknown, sagaId: string): StoredDocument | undefined {
  const read = v.safeParse(LEAST, value)
  if (!read.success) return undefined
  const { history, ...fields } = read.output
  const events = (history?.events ?? []) as unknown as StoredEvent[]
  return {
    sagaId,
    associatedEntityId: fields.associatedEntityId ?? '',
    currentState: fields.currentState,
    latestEvent: fields.latestEvent ?? events.at(-1)?.event ?? '',
    isFinal: fields.isFinal ?? false,
    businessStateId: fields.businessStateId ?? null,
    businessStateDescription: fields.businessStateDescription ?? null,
    metadata: (value as { metadata?: Metadata | null }).metadata ?? {},
    history: {
      ...(history as object),
      states: (history?.states ?? []) as unknown as StateEntry[],
      events,
    },
  }
}
