import type { Instant, SagaId } from '../../../src/engine/saga.ts'
import { afterKey, idOf, KEYS, until } from './keys.ts'
import { committed, getAll, isThere, listed } from './kv.ts'
import type { KvCheck, KvKey, Kv } from './kv.ts'
import { finalOf, readRow } from './rows.ts'

/** Most keys of one commit: Deno KV bounds their number and bytes. */
const AT_ONCE = 200

/** Removes final sagas that owe nothing and were last written before an instant; answers their number. */
export async function removeFinal(kv: Kv, before: Instant, limit: number): Promise<number> {
  let removed = 0
  for (let selector = until('final', before, false); removed < limit;) {
    const asked = limit - removed
    const keys = (await listed(kv, selector, asked)).map(({ key }) => key)
    for (const key of keys) if (await remove(kv, idOf(key))) removed++
    const last = keys.at(-1)
    if (last === undefined || keys.length < asked) break
    selector = afterKey(last, selector) // damaged sagas, and those written since, are not counted
  }
  return removed
}

/** The head goes last, in one commit with the indexes, so that an interrupted removal is found again. */
async function remove(kv: Kv, id: SagaId): Promise<boolean> {
  const [head] = await getAll(kv, [KEYS.head(id)])
  if (!isThere(head)) return false
  const read = readRow(id, head)
  if (!read.ok) return false
  const saga = read.value
  const final = finalOf(saga)
  if (final === undefined) return false
  const check: KvCheck = { key: KEYS.head(id), versionstamp: head.versionstamp }
  const rest = (await listed(kv, { prefix: KEYS.saga(id) })).map(({ key }) => key).filter((key) => key.at(3) !== 'head')
  for (let at = 0; at < rest.length; at += AT_ONCE) {
    if (!(await deleted(kv, check, rest.slice(at, at + AT_ONCE)))) return false
  }
  return deleted(kv, check, [KEYS.head(id), KEYS.final(final, id), KEYS.created(saga.createdAt, id)])
}

async function deleted(kv: Kv, check: KvCheck, keys: readonly KvKey[]): Promise<boolean> {
  const atomic = kv.atomic().check(check)
  for (const key of keys) atomic.delete(key)
  return (await committed(atomic)).ok
}
