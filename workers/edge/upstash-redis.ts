import { upstashRedisPersistency } from '../../adapters/persistency/upstash-redis.ts'
import type { EdgeAdditions } from './prepare-edge.ts'

/** The store `upstash-redis` for `edgeWorker` and `Sagas`. It is apart, since a bundle with it needs the peer `@upstash/redis`. */
export const UPSTASH_REDIS: EdgeAdditions = {
  persistencies: {
    'upstash-redis': (settings, { runtime, passOver }) => {
      const waitUntil = (work: Promise<unknown>) => runtime.waitUntil(work)
      return upstashRedisPersistency(settings, runtime.fetch, { group: false, passOver, waitUntil })
    },
  },
}
