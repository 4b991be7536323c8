/**
 * `node test/persistency/upgrade/make.ts <folder>`: writes what every store keeps of the sagas in `sagas.ts` by the code as
 * it is now. Run it once for a version, into a folder of its own, and keep the result: a later version must read it.
 * Needs redis-server, Java with Maven, and the packages of the clone.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import { crudPersistency } from '../../../adapters/persistency/crud.ts'
import { durableObjectPersistency } from '../../../adapters/persistency/durable-object.ts'
import { remoteWithAlarm } from '../../../adapters/persistency/durable-object/remote-with-alarm.ts'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { openMongo } from '../../../adapters/persistency/mongo.ts'
import { redisPersistency } from '../../../adapters/persistency/redis.ts'
import { restPersistency } from '../../../adapters/persistency/rest.ts'
import { openSqlite } from '../../../adapters/persistency/sqlite.ts'
import { nodeRuntime } from '../../../adapters/runtime/node.ts'
import { begin } from '../../../src/engine/decide.ts'
import { evolve } from '../../../src/engine/evolve.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { startMongod } from '../../../testing/mongod/mongod.ts'
import { crudService, sagasCollection } from '../../fakes/crud-service.ts'
import { startRedis } from '../../services/redis.ts'
import { denoBridge } from '../deno-kv-bridge.ts'
import { restService } from '../rest-service.ts'
import { dumpMongo, dumpRedis, REDIS_PREFIX } from './data.ts'
import type { ObjectData } from './fixture.ts'
import { make } from './making.ts'
import type { ShownDocuments } from './making.ts'
import { MACHINE, FIXTURE_SAGAS } from './sagas.ts'

const { fetch } = nodeRuntime('silent')
const QUIET = { write: () => undefined }

async function sqlite(folder: string): Promise<void> {
  const store = openSqlite({ path: join(folder, 'sqlite.db'), random: Math.random })
  if (store.can.adoption !== false) await store.can.adoption.adopt()
  await keep(folder, 'sqlite', async () => ({ shown: await made(store), data: 'sqlite.db' }))
  rmSync(join(folder, 'sqlite.db-lock'), { force: true })
}

async function redis(folder: string): Promise<void> {
  const server = await startRedis()
  const url = `redis://127.0.0.1:${server.port}`
  const client = new Redis(url)
  const store = redisPersistency({ url: { reveal: () => url }, prefix: REDIS_PREFIX }, QUIET)
  await keep(folder, 'redis', async () => ({ shown: await made(store), data: await dumpRedis(client) }))
  client.disconnect()
  await server.close()
}

async function mongo(folder: string): Promise<void> {
  const server = await startMongod()
  const uri = `mongodb://127.0.0.1:${server.port}/batuta?directConnection=true`
  const client = await new MongoClient(uri).connect()
  const settings = { connectionUri: { reveal: () => uri }, collectionName: 'sagas' }
  const store = await openMongo(settings, QUIET, { connect: 30_000 })
  const sagas = client.db().collection('sagas')
  await keep(folder, 'mongo', async () => ({ shown: await made(store), data: await dumpMongo(sagas) }))
  await client.close()
  await server.close()
}

async function crud(folder: string): Promise<void> {
  const service = await crudService({ definition: sagasCollection() })
  const { host, port, collection } = service
  const store = crudPersistency({ protocol: 'http', host, port, collectionName: 'sagas', headers: {} }, fetch)
  await keep(folder, 'crud', async () => ({ shown: await made(store), data: collection.documents }))
  await service.close()
}

async function rest(folder: string): Promise<void> {
  const service = await restService()
  const store = restPersistency(service.settings('/sagas/'), fetch)
  await keep(folder, 'rest', async () => {
    const shown = await made(store)
    const bodies = [...service.documents].map(([path, { body }]) => [path.replace('/sagas/', ''), JSON.parse(body)])
    return { shown, data: Object.fromEntries(bodies) as object }
  })
  await service.close()
}

async function denoKv(folder: string): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), 'batuta-fixture-'))
  const path = join(temporary, 'saga.kv')
  const bridge = denoBridge()
  const store = await bridge.open(path)
  await keep(folder, 'deno-kv', async () => ({ shown: await made(store), data: await bridge.dump(path) }))
  await bridge.kill()
  rmSync(temporary, { recursive: true })
}

/** Objects over SQLite in memory, which takes the statements that workerd takes. */
async function durableObject(folder: string): Promise<void> {
  await keep(folder, 'durable-object', async () => {
    const shown: ShownDocuments = {}
    const data: Record<string, ObjectData[string]> = {}
    for (const plan of FIXTURE_SAGAS) {
      const object = objectInMemory()
      Object.assign(shown, await make(durableObjectPersistency(object.storage), [plan]))
      data[plan.id] = object.dump()
    }
    return { shown, data }
  })
}

/** The storage of an object beside a store elsewhere, after a write of unknown fate. */
async function objectOfRemoteStore(folder: string): Promise<void> {
  const values: Record<string, string | number> = {}
  const { setAlarm, deleteAlarm } = objectInMemory().storage
  const remote = memoryPersistency()
  remote.save = () => Promise.reject(new Error('lost'))
  const store = remoteWithAlarm(remote, {
    get: async (key) => values[key],
    put: async (key, value) => void (values[key] = value),
    delete: async (key) => delete values[key],
    getAlarm: async () => null,
    setAlarm,
    deleteAlarm,
  })
  const creation = { id: 'owing', eventId: 'key/owing', entity: '', metadata: {} }
  const change = { sagaId: 'owing', writeId: 'w', at: Date.now(), step: begin(MACHINE, creation, Date.now()) }
  await store.save(change, evolve(undefined, change), 'absent').catch(() => undefined)
  await keep(folder, 'durable-object-lent', async () => ({ values }))
}

function objectInMemory() {
  const db = new DatabaseSync(':memory:')
  let alarm: number | null = null
  const rows = (query: string, ...values: (string | number | null)[]) => {
    if (/;\s/.test(query)) return (db.exec(query), [])
    return db.prepare(query).all(...values) as Record<string, string | number | null>[]
  }
  return {
    storage: {
      sql: {
        exec: (query: string, ...values: (string | number | null)[]) => ({ toArray: () => rows(query, ...values) }),
      },
      transactionSync: <T>(run: () => T): T => run(),
      setAlarm: async (at: number) => void (alarm = at),
      deleteAlarm: async () => void (alarm = null),
    },
    dump(): ObjectData[string] {
      const tables = rows("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
      const schema = tables.map(({ sql }) => String(sql).replaceAll(/\s+/g, ' '))
      return {
        schema,
        rows: Object.fromEntries(tables.map(({ name }) => [name, rows(`SELECT * FROM ${name}`)])),
        alarm,
      }
    },
  }
}

async function made(store: Persistency): Promise<ShownDocuments> {
  const shown = await make(store, FIXTURE_SAGAS)
  await store.close()
  return shown
}

async function keep(folder: string, store: string, run: () => Promise<object>): Promise<void> {
  const fixture = await run()
  writeFileSync(join(folder, `${store}.json`), `${JSON.stringify(fixture, undefined, 1)}\n`)
  process.stdout.write(`${store}\n`)
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('make the fixtures of all stores: expected a folder')
mkdirSync(folder, { recursive: true })
for (const store of [sqlite, redis, mongo, crud, rest, denoKv, durableObject, objectOfRemoteStore]) await store(folder)
process.exit()
