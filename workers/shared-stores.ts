import type { Host } from '../src/service.ts'
import { loadWith } from './peers.ts'
import type { Peer } from './peers.ts'
import { trustingFetch } from './trusting-fetch.ts'

/** Stores that processes share. Each adapter is loaded only when saga.json names it. */
export const sharedStores: Host['persistencies'] = {
  rest: async (settings, { runtime }) => {
    const { restPersistency } = await import('../adapters/persistency/rest.ts')
    return restPersistency(settings, trustingFetch(runtime, settings.ssl))
  },
  crud: async (settings, { runtime, passOver, machine }) => {
    const { openCrud } = await import('../adapters/persistency/crud.ts')
    return openCrud(settings, trustingFetch(runtime, settings.ssl), { passOver, machine })
  },
  mongo: async (settings, { runtime, passOver }) => {
    const { openMongo } = await loadStore('mongo', 'mongodb', () => import('../adapters/persistency/mongo.ts'))
    return openMongo(settings, runtime.log, { passOver })
  },
  'upstash-redis': async (settings, { runtime, passOver }) => {
    const { upstashRedisPersistency } = await loadStore(
      'upstash-redis',
      '@upstash/redis',
      () => import('../adapters/persistency/upstash-redis.ts'),
    )
    return upstashRedisPersistency(settings, runtime.fetch, { passOver })
  },
  redis: async (settings, { runtime, passOver }) => {
    const { redisPersistency } = await loadStore(
      'redis',
      '@redis/client',
      () => import('../adapters/persistency/redis.ts'),
    )
    return redisPersistency(settings, runtime.log, { passOver })
  },
}

function loadStore<T>(store: string, peer: Peer, load: () => Promise<T>): Promise<T> {
  return loadWith(`open the store "${store}"`, [peer], load)
}
