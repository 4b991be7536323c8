import { filtersMarks, hasMarks } from '../../../src/codec/mark-filter.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { ListQuery, Page, PassOver, Unreadable } from '../../../src/ports/persistency.ts'
import { creations, idOf, KEYS } from './keys.ts'
import { asked, getAll } from './kv.ts'
import type { KvEntry, KvKey, Kv } from './kv.ts'
import { readRow } from './rows.ts'

/** Heads read at once while searching for those that match the filters. */
const AT_ONCE = 200

type Item = Omit<Saga, 'metadata'>

/**
 * Pages of sagas, newest creation first. Only the instant has an index: other filters visit every saga in the range.
 */
export async function pageOf(kv: Kv, query: ListQuery, passOver: PassOver): Promise<Page> {
  const items: Item[] = []
  const unreadable: Unreadable[] = []
  let last: KvKey | undefined
  const entries = kv.list(creations(query), { batchSize: AT_ONCE })[Symbol.asyncIterator]()
  for (;;) {
    const keys = await asked('list', () => take(entries, AT_ONCE))
    const heads = await getAll(
      kv,
      keys.map((key) => KEYS.head(idOf(key))),
    )
    for (const [at, head] of heads.entries()) {
      if (head.versionstamp === null) continue // removed meanwhile
      const key = keys[at] ?? []
      const id = idOf(key)
      const read = readRow(id, head)
      if (!read.ok) passOver(id, read.why)
      // The filter fields of a damaged saga are unknown.
      if (read.ok ? !isWanted(read.value, query) : isFiltered(query)) continue
      if (items.length + unreadable.length === query.limit && last !== undefined) {
        return { items, unreadable, next: { createdAt: -Number(last.at(-2)), id: idOf(last) } }
      }
      last = key
      if (read.ok) items.push(read.value)
      else unreadable.push({ id, why: read.why })
    }
    if (keys.length < AT_ONCE) return { items, unreadable }
  }
}

async function take(entries: AsyncIterator<KvEntry>, most: number): Promise<KvKey[]> {
  const keys: KvKey[] = []
  while (keys.length < most) {
    const next = await entries.next()
    if (next.done === true) break
    keys.push(next.value.key)
  }
  return keys
}

function isFiltered(query: ListQuery): boolean {
  const { currentState, businessStateId, isFinal, associatedEntityId } = query
  const filters = [currentState, businessStateId, isFinal, associatedEntityId]
  return filters.some((filter) => filter !== undefined) || filtersMarks(query)
}

function isWanted(item: Item, query: ListQuery): boolean {
  const { currentState, businessStateId, isFinal, associatedEntityId } = query
  return (
    (currentState === undefined || currentState === item.state) &&
    (businessStateId === undefined || businessStateId === item.business?.id) &&
    (isFinal === undefined || isFinal === item.isFinal) &&
    (associatedEntityId === undefined || associatedEntityId === item.entity) &&
    hasMarks(item, query)
  )
}
