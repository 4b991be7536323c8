import type { Instant, SagaId } from '../../../src/engine/saga.ts'
import { finalBefore, idOf, KEYS } from './keys.ts'
import { committed, getAll, isThere, listed } from './kv.ts'
import type { Check, Key, Kv } from './kv.ts'
import { decodeRow, finalOf } from './rows.ts'

/** Keys that one commit takes away at most: Deno KV bounds both their number and their bytes. */
const AT_ONCE = 200

/** Takes away final sagas that owe nothing and were written last before an instant. */
export async function removeFinal(kv: Kv, before: Instant, limit: number): Promise<number> {
  const found = await listed(kv, finalBefore(before), limit)
  let removed = 0
  for (const { key } of found) if (await remove(kv, idOf(key))) removed++
  return removed
}

/** The head goes last, in one commit with the indexes: who is interrupted finds the saga again. */
async function remove(kv: Kv, id: SagaId): Promise<boolean> {
  const [head] = await getAll(kv, [KEYS.head(id)])
  if (!isThere(head)) return false
  const saga = decodeRow(id, head)
  const final = finalOf(saga)
  if (final === undefined) return false
  const check: Check = { key: KEYS.head(id), versionstamp: head.versionstamp }
  const rest = (await listed(kv, { prefix: KEYS.saga(id) })).map(({ key }) => key).filter((key) => key.at(3) !== 'head')
  for (let at = 0; at < rest.length; at += AT_ONCE) {
    if (!(await deleted(kv, check, rest.slice(at, at + AT_ONCE)))) return false
  }
  return deleted(kv, check, [KEYS.head(id), KEYS.final(final, id), KEYS.created(saga.createdAt, id)])
}

async function deleted(kv: Kv, check: Check, keys: readonly Key[]): Promise<boolean> {
  const atomic = kv.atomic().check(check)
  for (const key of keys) atomic.delete(key)
  return (await committed(atomic)).ok
}
