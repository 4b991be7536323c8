import type { Saga } from '../../../src/engine/saga.ts'
import type { ListQuery, Page } from '../../../src/ports/persistency.ts'
import { creations, idOf, KEYS } from './keys.ts'
import { asked, getAll } from './kv.ts'
import type { Entry, Kv } from './kv.ts'
import { decodeRow } from './rows.ts'

/** Heads that are read at once while looking for those that a filter lets through. */
const AT_ONCE = 200

type Item = Omit<Saga, 'metadata'>

/** Newest creation first. Only the instants are an index: other filters look at every saga between them. */
export async function pageOf(kv: Kv, query: ListQuery): Promise<Page> {
  const items: Item[] = []
  const entries = kv.list(creations(query), { batchSize: AT_ONCE })[Symbol.asyncIterator]()
  for (;;) {
    const ids = await asked('list', () => take(entries, AT_ONCE))
    const heads = await getAll(
      kv,
      ids.map((id) => KEYS.head(id)),
    )
    for (const [at, head] of heads.entries()) {
      if (head.versionstamp === null) continue // taken away in between
      const item = decodeRow(ids[at] ?? '', head)
      if (!isWanted(item, query)) continue
      const last = items.at(-1)
      if (items.length === query.limit && last !== undefined) {
        return { items, next: { createdAt: last.createdAt, id: last.id } }
      }
      items.push(item)
    }
    if (ids.length < AT_ONCE) return { items }
  }
}

async function take(entries: AsyncIterator<Entry>, most: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < most) {
    const next = await entries.next()
    if (next.done === true) break
    ids.push(idOf(next.value.key))
  }
  return ids
}

function isWanted(item: Item, { currentState, businessStateId, isFinal, associatedEntityId }: ListQuery): boolean {
  return (
    (currentState === undefined || currentState === item.state) &&
    (businessStateId === undefined || businessStateId === item.business?.id) &&
    (isFinal === undefined || isFinal === item.isFinal) &&
    (associatedEntityId === undefined || associatedEntityId === item.entity)
  )
}
