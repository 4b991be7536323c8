import { bytesOf } from '../../../src/codec/utf8-size.ts'
import type { EventId, Instant, SagaId } from '../../../src/engine/saga.ts'
import type { ListQuery } from '../../../src/ports/persistency.ts'
import { LARGEST_KEY } from './kv.ts'
import type { KvKey, KvSelector } from './kv.ts'

const ROOT = 'batuta'

/** Keys of the store: everything of a saga lies side by side; three indexes are ordered by an instant. */
export const KEYS = {
  saga: (id: SagaId): KvKey => [ROOT, 'saga', id],
  head: (id: SagaId): KvKey => [ROOT, 'saga', id, 'head'],
  metadata: (id: SagaId): KvKey => [ROOT, 'saga', id, 'metadata'],
  history: (id: SagaId): KvKey => [ROOT, 'saga', id, 'history'],
  passage: (id: SagaId, number: number): KvKey => [ROOT, 'saga', id, 'history', number],
  event: (id: SagaId, event: EventId, label: string): KvKey => [ROOT, 'saga', id, 'event', event, label],
  due: (due: Instant, id: SagaId): KvKey => [ROOT, 'due', due, id],
  /** Final sagas that owe nothing, by their last write. */
  final: (updated: Instant, id: SagaId): KvKey => [ROOT, 'final', updated, id],
  /** The service's own records. */
  record: (key: string): KvKey => [ROOT, 'record', key],
  /** Newest creation first. */
  created: (created: Instant, id: SagaId): KvKey => [ROOT, 'created', -created, id],
} as const

/** Selects an index up to an instant, inclusive or not. */
export function until(index: 'due' | 'final', instant: Instant, included: boolean): KvSelector {
  return { start: [ROOT, index], end: included ? [ROOT, index, instant, AFTER_ALL] : [ROOT, index, instant] }
}

/** The rest of a selector after one of its keys. */
export function afterKey(key: KvKey, selector: KvSelector): KvSelector {
  const next = [...key.slice(0, -1), `${idOf(key)}\u0000`]
  return 'end' in selector ? { start: next, end: selector.end } : selector
}

/** Selects creations from `since` and before `until`, newest first, after a cursor where there is one. */
export function creations({ since, until, after }: Pick<ListQuery, 'since' | 'until' | 'after'>): KvSelector {
  const all = [ROOT, 'created']
  const start = until === undefined ? all : [...all, -until, AFTER_ALL]
  return {
    start: after === undefined ? start : KEYS.created(after.createdAt, `${after.id}\u0000`),
    end: since === undefined ? [...all, AFTER_ALL] : [...all, -since, AFTER_ALL],
  }
}

/** A boolean compares greater than every number and string. */
const AFTER_ALL = true

/** The saga id in a key. */
export function idOf(key: KvKey): SagaId {
  return String(key.at(-1))
}

/**
 * True where a key can be stored as it is: well-formed text within the size limit. Halves of surrogate pairs would all become
 * one character.
 */
export function isKey(key: KvKey): boolean {
  let bytes = 0
  for (const part of key) {
    if (typeof part === 'string' && !part.isWellFormed()) return false
    // One byte for the type, one for the end; each NUL takes two.
    bytes += typeof part === 'string' ? 2 + bytesOf(part) + (part.split('\u0000').length - 1) : 9
  }
  return bytes <= LARGEST_KEY
}
