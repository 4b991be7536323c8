import type { Host } from '../src/service.ts'
import { trustingFetch } from './trusting-fetch.ts'

/** Stores that processes share. Each adapter is loaded only when saga.json names it. */
export const sharedStores: Host['persistencies'] = {
  rest: async (settings, { runtime }) => {
    const { restPersistency } = await import('../adapters/persistency/rest.ts')
    return restPersistency(settings, trustingFetch(runtime, settings.ssl))
  },
  crud: async (settings, { runtime, passOver }) => {
    const { crudPersistency } = await import('../adapters/persistency/crud.ts')
    return crudPersistency(settings, trustingFetch(runtime, settings.ssl), passOver)
  },
  mongo: async (settings, { runtime, passOver }) => {
    const { openMongo } = await import('../adapters/persistency/mongo.ts')
    return openMongo(settings, runtime.log, { passOver })
  },
  'upstash-redis': async (settings, { runtime, passOver }) => {
    const { upstashRedisPersistency } = await import('../adapters/persistency/upstash-redis.ts')
    return upstashRedisPersistency(settings, runtime.fetch, { passOver })
  },
  redis: async (settings, { runtime, passOver }) => {
    const { redisPersistency } = await import('../adapters/persistency/redis.ts')
    return redisPersistency(settings, runtime.log, { passOver })
  },
}
