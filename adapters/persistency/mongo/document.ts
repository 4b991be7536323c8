import type { Document } from 'mongodb'
import type { Decoded } from '../../../src/codec/message.ts'
import { readStoredDocument } from '../../../src/codec/read-stored-document.ts'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'
import { withoutDriverTypes } from './bson-values.ts'

/** A document as it was read. */
export interface MongoDocument extends StoredDocument {
  /** True where the server can set nothing inside `history`: it or a list is null, as a driver writes what is undefined. */
  readonly hasNulls?: boolean | undefined
}

/** Reads a document; the reason where it is not a saga. */
export function storedIn(document: Document): Decoded<MongoDocument> {
  const { sagaId } = document as { sagaId: unknown }
  if (typeof sagaId !== 'string') return { ok: false, why: '"sagaId" is not what it must be: string' }
  const stored = readStoredDocument(withoutDriverTypes(document), sagaId)
  if (!stored.ok || isOurs(document)) return stored
  const { history } = document as { history?: { states?: unknown; events?: unknown } | null }
  const hasNulls = history === null || history?.states === null || history?.events === null
  return { ok: true, value: { ...counted(stored.value), hasNulls } }
}

/** True where our write added the newest event. Flow Manager may move a saga on and keep our fields beside its own. */
export function isOurs({ history }: Document): boolean {
  const { writeId, events } = (history ?? {}) as { writeId?: unknown; events?: unknown }
  if (typeof writeId !== 'string') return false
  const newest: unknown = Array.isArray(events) ? events.at(-1) : undefined
  return newest === undefined || typeof (newest as { writeId?: unknown } | null)?.writeId === 'string'
}

/** After a write of Flow Manager its lists count, not our fields about them. */
function counted({ history, ...stored }: StoredDocument): StoredDocument {
  const { events, states } = history
  const isForeign = events.length > 0 && events.at(-1)?.writeId === undefined
  const updated = isForeign ? undefined : history.updated
  return { ...stored, history: { ...history, states, events, length: events.length, updated } }
}
