import { crudService } from '../fakes/crud-service.ts'
import { restService } from '../persistency/rest-service.ts'
import { startRedis } from '../services/redis.ts'
import { startUpstash } from '../services/upstash.ts'
import type { Persistency } from '../runtime/conformance/tested.ts'

/** A store's server of one suite. */
export interface Server {
  readonly persistency: Persistency
  close(): Promise<void>
}

export async function crud(): Promise<Server> {
  const service = await crudService()
  const { host, port } = service
  const persistency = { type: 'crud', configurations: { host, port, collectionName: 'sagas' } }
  return { persistency, close: () => service.close() }
}

export async function upstash(): Promise<Server> {
  const redis = await startRedis()
  const front = await startUpstash(redis.port)
  const persistency = { type: 'upstash-redis', configurations: { url: front.url, token: front.token } }
  return { persistency, close: () => front.close().finally(() => redis.close()) }
}

/** A service that answers no tags: it cannot tell two writers apart, nor say what is due. */
export async function rest(): Promise<Server> {
  const service = await restService({ tags: 'none' })
  const configurations = { protocol: 'http', endpoint: '127.0.0.1', port: service.port, method: 'PUT', path: '/sagas' }
  return { persistency: { type: 'rest', configurations }, close: () => service.close() }
}
