import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crudService } from '../fakes/crud-service.ts'
import { restService } from '../persistency/rest-service.ts'
import type { MongoService } from '../services/mongo.ts'
import { startRedis } from '../services/redis.ts'
import { startUpstash } from '../services/upstash.ts'
import type { PersistencySettings } from '../runtime/conformance/tested.ts'

/** The server of a shared store, for one suite. */
export interface StoreServer {
  readonly persistency: PersistencySettings
  close(): Promise<void>
}

export async function crud(): Promise<StoreServer> {
  const service = await crudService()
  const { host, port } = service
  const persistency = { type: 'crud', configurations: { host, port, collectionName: 'sagas' } }
  return { persistency, close: () => service.close() }
}

export async function upstash(): Promise<StoreServer> {
  const redis = await startRedis()
  const front = await startUpstash(redis.port)
  const persistency = { type: 'upstash-redis', configurations: { url: front.url, token: front.token } }
  return { persistency, close: () => front.close().finally(() => redis.close()) }
}

export async function redis(): Promise<StoreServer> {
  const server = await startRedis()
  const persistency = { type: 'redis', configurations: { url: `redis://127.0.0.1:${server.port}` } }
  return { persistency, close: () => server.close() }
}

/** A REST service without tags: it detects no concurrent write and cannot list due commands. */
export async function rest(): Promise<StoreServer> {
  const service = await restService({ tags: 'none' })
  const configurations = { protocol: 'http', endpoint: '127.0.0.1', port: service.port, method: 'PUT', path: '/sagas' }
  return { persistency: { type: 'rest', configurations }, close: () => service.close() }
}

/** A file of Deno KV. */
export async function denoKv(): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-kv-'))
  const persistency = { type: 'deno-kv', configurations: { path: join(folder, 'made', 'sagas.kv') } }
  return { persistency, close: async () => rmSync(folder, { recursive: true }) }
}

/** A new collection on the suite's server. */
export async function mongo(server: MongoService): Promise<StoreServer> {
  const configurations = { connectionUri: server.uri(), collectionName: `sagas-${randomUUID()}` }
  return { persistency: { type: 'mongo', configurations }, close: async () => undefined }
}
