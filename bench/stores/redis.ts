import { createClientPool } from '@redis/client'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import type { RunScripts } from '../../adapters/persistency/redis/transport.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Recorded } from './load.ts'
import { bareOf, COMPARE_AND_SET } from './scripted.ts'
import { at } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** The largest number of writes in flight. */
const CONNECTIONS = 64

/**
 * A Redis that syncs each write, over TCP. Bare: one script a write, on a connection of its own from the client's pool: on a shared
 * connection the client would send concurrent writes in one go.
 */
export async function openRedis(
  address: string,
  { log }: Runtime,
  recorded: readonly Recorded[],
): Promise<StoreSubject> {
  const store = redisPersistency({ url: { reveal: () => address }, prefix: 'batuta:' }, log)
  const pool = createClientPool({ url: address }, { minimum: CONNECTIONS, maximum: CONNECTIONS })
  await pool.connect()
  await pool.scriptLoad(COMPARE_AND_SET.text)
  const run: RunScripts = async (calls) => {
    const { script, keys, args } = at(calls, 0)
    return [{ result: await pool.evalSha(script.sha, { keys: [...keys], arguments: [...args] }) }]
  }
  return { store, bare: bareOf(run, recorded), close: () => store.close().finally(() => pool.destroy()) }
}
