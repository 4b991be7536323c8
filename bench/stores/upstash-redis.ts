import { runsThrough } from '../../adapters/persistency/redis/transport.ts'
import { upstashRedisPersistency } from '../../adapters/persistency/upstash-redis.ts'
import { upstashTransport } from '../../adapters/persistency/upstash-redis/connect.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import { TOKEN } from '../../test/services/upstash.ts'
import type { Recorded } from './load.ts'
import { bareOf } from './scripted.ts'
import type { StoreSubject } from './subject.ts'

/** Upstash's protocol in front of a Redis that syncs each write. Bare: one script a write, in a request of its own. */
export async function openUpstashRedis(
  address: string,
  { fetch }: Runtime,
  recorded: readonly Recorded[],
): Promise<StoreSubject> {
  const settings = { url: { reveal: () => address }, token: { reveal: () => TOKEN }, prefix: 'batuta:' }
  const store = upstashRedisPersistency(settings, fetch)
  const run = runsThrough(upstashTransport({ url: address, token: TOKEN, fetch }), DEFAULTS.answer)
  return { store, bare: bareOf(run, recorded), close: () => store.close() }
}
