import { bytesOf } from '../../../src/codec/utf8-size.ts'
import type { EventId, Instant, SagaId } from '../../../src/engine/saga.ts'
import type { ListQuery } from '../../../src/ports/persistency.ts'
import { LARGEST_KEY } from './kv.ts'
import type { KvKey, KvSelector } from './kv.ts'

const ROOT = 'batuta'

/** Where everything is: what one saga has lies side by side, the three indexes are ordered by an instant. */
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
  /** Newest first. */
  created: (created: Instant, id: SagaId): KvKey => [ROOT, 'created', -created, id],
} as const

/** Of an index: everything up to an instant, included or not. */
export function until(index: 'due' | 'final', instant: Instant, included: boolean): KvSelector {
  return { start: [ROOT, index], end: included ? [ROOT, index, instant, AFTER_ALL] : [ROOT, index, instant] }
}

/** What is left of a selector behind one of its keys. */
export function afterKey(key: KvKey, selector: KvSelector): KvSelector {
  const next = [...key.slice(0, -1), `${idOf(key)}\u0000`]
  return 'end' in selector ? { start: next, end: selector.end } : selector
}

/** Creations from `since` on and before `until`, newest first, after a cursor where there is one. */
export function creations({ since, until, after }: Pick<ListQuery, 'since' | 'until' | 'after'>): KvSelector {
  const all = [ROOT, 'created']
  const start = until === undefined ? all : [...all, -until, AFTER_ALL]
  return {
    start: after === undefined ? start : KEYS.created(after.createdAt, `${after.id}\u0000`),
    end: since === undefined ? [...all, AFTER_ALL] : [...all, -since, AFTER_ALL],
  }
}

/** A boolean comes after every number and every string. */
const AFTER_ALL = true

export function idOf(key: KvKey): SagaId {
  return String(key.at(-1))
}

/** Whether a saga or an event can have a key at all: halves of surrogate pairs become one and the same character. */
export function isKey(key: KvKey): boolean {
  let bytes = 0
  for (const part of key) {
    if (typeof part === 'string' && !part.isWellFormed()) return false
    // A byte for the type, one for the end, and each NUL is written as two.
    bytes += typeof part === 'string' ? 2 + bytesOf(part) + (part.split('\u0000').length - 1) : 9
  }
  return bytes <= LARGEST_KEY
}
