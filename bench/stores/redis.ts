import { createClient } from '@redis/client'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import type { Run } from '../../adapters/persistency/redis/calls.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Recorded } from './load.ts'
import { bareOf, COMPARE_AND_SET } from './scripted.ts'
import { at } from './subject.ts'
import type { Subject } from './subject.ts'

/** A Redis that syncs each write, over TCP; bare: a script each. The client writes what meets in one go in both. */
export async function openRedis(address: string, { log }: Runtime, recorded: readonly Recorded[]): Promise<Subject> {
  const store = redisPersistency({ url: { reveal: () => address }, prefix: 'batuta:' }, log)
  const client = await createClient({ url: address }).connect()
  await client.scriptLoad(COMPARE_AND_SET.text)
  const run: Run = async (calls) => {
    const { script, keys, args } = at(calls, 0)
    return [{ result: await client.evalSha(script.sha, { keys: [...keys], arguments: [...args] }) }]
  }
  return { store, bare: bareOf(run, recorded), close: () => store.close().finally(() => client.destroy()) }
}
