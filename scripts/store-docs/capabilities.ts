import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crudPersistency } from '../../adapters/persistency/crud.ts'
import { denoKvPersistency } from '../../adapters/persistency/deno-kv.ts'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import { upstashRedisPersistency } from '../../adapters/persistency/upstash-redis.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { saidBy } from '../../testing/contract/capabilities.ts'
import type { Said } from '../../testing/contract/capabilities.ts'
import { STORES } from '../../testing/stores.ts'
import type { StoreName } from '../../testing/stores.ts'

/** The capabilities of every store, read from an instance that is never used: no server is needed. */
export async function capabilities(): Promise<Readonly<Record<StoreName, Said>>> {
  const rest = await saidOf(restPersistency({ ...SERVICE, endpoint: HOST, path: '/', method: 'PUT' }, unused))
  return {
    sqlite: await saidOfSqlite(),
    memory: await saidOf(memoryPersistency()),
    'durable-object': await saidOf(durableObjectPersistency(NOWHERE)),
    mongo: running('mongo'),
    'upstash-redis': await saidOf(upstashRedisPersistency({ url: SECRET, token: SECRET, prefix: '' }, unused)),
    redis: await saidOf(
      redisPersistency({ url: { reveal: () => `redis://${HOST}` }, prefix: '' }, { write: unusedSync }),
    ),
    crud: await saidOf(crudPersistency({ ...SERVICE, host: HOST, port: 80, collectionName: 'sagas' }, unused)),
    'rest (strong tags)': rest,
    'rest (no tags)': rest,
    'deno-kv': await saidOf(denoKvPersistency(NOTHING)),
  }
}

const HOST = 'nowhere.invalid'
const SERVICE = { protocol: 'http', headers: {} } as const
const SECRET = { reveal: () => `https://${HOST}` }

const unused = () => Promise.reject(new Error('use a store: only its capabilities are read here'))
const unusedSync = (): never => {
  throw new Error('use a store: only its capabilities are read here')
}
const NOWHERE = { sql: { exec: unusedSync }, transactionSync: unusedSync, setAlarm: unused, deleteAlarm: unused }
const NOTHING = { getMany: unused, list: unusedSync, atomic: unusedSync, close: () => undefined }

async function saidOf(store: Persistency): Promise<Said> {
  await store.close()
  return saidBy(store.can)
}

async function saidOfSqlite(): Promise<Said> {
  const folder = await mkdtemp(join(tmpdir(), 'batuta-docs-'))
  try {
    return await saidOf(openSqlite({ path: join(folder, 'saga.db'), random: Math.random }))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A store that needs its server to be constructed declares its capabilities; its suite compares them with the running one. */
function running(name: StoreName): Said {
  const { can } = STORES[name]
  if (can === undefined)
    throw new Error(`read the capabilities of "${name}": found none in testing/stores.ts, expected them there`)
  return can
}
