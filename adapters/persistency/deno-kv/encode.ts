import { dueOrderOf } from '../../../src/codec/due-order.ts'
import { encodeMetadata } from '../../../src/codec/head.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { Basis } from '../../../src/ports/persistency.ts'
import { isKey, KEYS } from './keys.ts'
import { LARGEST_KEY, LARGEST_VALUE } from './kv.ts'
import type { KvAtomic, KvCheck, KvKey } from './kv.ts'
import { bytes, encodeHistory, encodeRow, finalOf, basisIn } from './rows.ts'

/** A change as the keys that it touches. */
export interface KvWrite {
  readonly checks: readonly KvCheck[]
  readonly sets: readonly (readonly [KvKey, Uint8Array | string])[]
  readonly deletes: readonly KvKey[]
}

/** Encodes a save with its condition (P2), or answers the limit that it exceeds (P24). */
export function encodeSave(change: Change, next: Saga, basis: Basis | 'absent'): KvWrite | { readonly limit: number } {
  const { sagaId: id, step, writeId } = change
  const place = basis === 'absent' ? undefined : basisIn(basis)
  const event = step && KEYS.event(id, step.event.id, step.event.label)
  if (!isKey(event ?? KEYS.metadata(id))) return { limit: LARGEST_KEY }
  const head = encodeRow(writeId, next)
  const metadata = step && bytes(encodeMetadata(next))
  if (Math.max(head.byteLength, metadata?.byteLength ?? 0) > LARGEST_VALUE) return { limit: LARGEST_VALUE }

  const checks: KvCheck[] = [{ key: KEYS.head(id), versionstamp: place?.versionstamp ?? null }]
  const sets: (readonly [KvKey, Uint8Array | string])[] = [[KEYS.head(id), head]]
  if (step !== undefined && metadata !== undefined && event !== undefined) {
    checks.push({ key: event, versionstamp: null })
    sets.push([KEYS.metadata(id), metadata], [KEYS.passage(id, step.number), encodeHistory(step)], [event, writeId])
  }
  if (place === undefined) sets.push([KEYS.created(next.createdAt, id), id])
  const left = [
    place?.due !== undefined && KEYS.due(place.due, id),
    place?.final !== undefined && KEYS.final(place.final, id),
  ]
  const due = dueOrderOf(next)
  if (due !== undefined) sets.push([KEYS.due(due, id), id])
  const final = finalOf(next)
  if (final !== undefined) sets.push([KEYS.final(final, id), id])
  return { checks, sets, deletes: left.filter((key) => key !== false) }
}

/** Deletes first: a saga may get the same index key again. */
export function addTo(atomic: KvAtomic, { checks, sets, deletes }: KvWrite): KvAtomic {
  atomic.check(...checks)
  for (const key of deletes) atomic.delete(key)
  for (const [key, value] of sets) atomic.set(key, value)
  return atomic
}
