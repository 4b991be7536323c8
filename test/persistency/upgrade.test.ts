import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { crudPersistency } from '../../adapters/persistency/crud.ts'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { upstashRedisPersistency } from '../../adapters/persistency/upstash-redis.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { ALL_MARKS } from '../../src/codec/mark-filter.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeRedis, startRedis } from '../services/redis.ts'
import { startUpstash } from '../services/upstash.ts'
import { denoBridge } from './deno-kv-bridge.ts'
import type { KvEntries } from './deno-kv-bridge.ts'
import { restService } from './rest-service.ts'
import { crudServiceWith, REDIS_PREFIX, restoreMongo, restoreRedis } from './upgrade/data.ts'
import type { CrudData, MongoData, RedisData } from './upgrade/data.ts'
import type { Fixture, RestData } from './upgrade/fixture.ts'
import { goesOn } from './upgrade/going-on.ts'
import { FIXTURE_SAGAS } from './upgrade/sagas.ts'
import { note } from '../../testing/contract/saves.ts'

/* Each store as an earlier version left it: test/fixtures/stores/<version>/, made by upgrade/make.ts. */
const { fetch } = nodeRuntime('silent')
const QUIET = { write: () => undefined }
const folder = mkdtempSync(join(tmpdir(), 'batuta-upgrade-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(['2026-11'])('a store written by %s', (version) => {
  const path = (file: string) => join(import.meta.dirname, '../fixtures/stores', version, file)
  const read = <Data>(store: string) => JSON.parse(readFileSync(path(`${store}.json`), 'utf8')) as Fixture<Data>
  const goes = async (store: Persistency, { shown }: Fixture<unknown>) => {
    onTestFinished(() => store.close())
    await goesOn(store, FIXTURE_SAGAS, shown)
  }

  test('P9 I9 sqlite is read and goes on', async () => {
    copyFileSync(path('sqlite.db'), join(folder, 'saga.db'))
    await goes(openSqlite({ path: join(folder, 'saga.db'), random: Math.random }), read('sqlite'))
  })

  test('P9 I9 crud is read and goes on', async () => {
    const fixture = read<CrudData>('crud')
    const service = await crudServiceWith(fixture.data)
    onTestFinished(() => service.close())
    const { host, port } = service
    await goes(crudPersistency({ protocol: 'http', host, port, collectionName: 'sagas', headers: {} }, fetch), fixture)
  })

  test('P9 I9 rest is read and goes on', async () => {
    const fixture = read<RestData>('rest')
    const service = await restService()
    onTestFinished(() => service.close())
    for (const [id, document] of Object.entries(fixture.data)) {
      service.documents.set(`/sagas/${id}`, { body: JSON.stringify(document), version: 1 })
    }
    await goes(restPersistency(service.settings('/sagas/'), fetch), fixture)
  })

  test('P9 I9 deno-kv is read and goes on', async () => {
    const fixture = read<KvEntries>('deno-kv')
    const bridge = denoBridge()
    onTestFinished(() => bridge.kill())
    await bridge.fill(join(folder, 'saga.kv'), fixture.data)
    await goes(await bridge.open(join(folder, 'saga.kv')), fixture)
  })

  describeRedis('Redis', () => {
    const restored = async () => {
      const fixture = read<RedisData>('redis')
      const server = await startRedis()
      const client = new Redis(server.port, '127.0.0.1')
      onTestFinished(() => server.close())
      onTestFinished(() => client.disconnect())
      await restoreRedis(client, fixture.data)
      return { server, fixture }
    }

    test('P9 I9 redis is read and goes on', async () => {
      const { server, fixture } = await restored()
      const url = { reveal: () => `redis://127.0.0.1:${server.port}` }
      await goes(redisPersistency({ url, prefix: REDIS_PREFIX }, QUIET), fixture)
    })

    test('P9 I9 upstash-redis is read and goes on', async () => {
      const { server, fixture } = await restored()
      const upstash = await startUpstash(server.port)
      onTestFinished(() => upstash.close())
      const [url, token] = [{ reveal: () => upstash.url }, { reveal: () => upstash.token }]
      const settings = { url, token, prefix: REDIS_PREFIX }
      await goes(upstashRedisPersistency(settings, fetch), fixture)
    })
  })

  describeMongo('MongoDB', (mongo) => {
    test('P9 I9 mongo is read and goes on', async () => {
      const fixture = read<MongoData>('mongo')
      const client = await new MongoClient(mongo.uri()).connect()
      onTestFinished(() => client.close())
      await restoreMongo(client.db().collection(`sagas-${version}`), fixture.data)
      await goes(await mongo.open(`sagas-${version}`), fixture)
    })
  })
})

test('C7 I9 marks that sqlite kept in one column are found, counted and changed', async () => {
  copyFileSync(join(import.meta.dirname, '../fixtures/stores/2026-11-29/sqlite.db'), join(folder, 'marks.db'))
  const store = openSqlite({ path: join(folder, 'marks.db'), random: Math.random })
  onTestFinished(() => store.close())
  const { list, counts, recovery } = store.can
  if (list === false || counts === false || recovery.by !== 'sweep')
    throw new Error('expected a store that lists and counts')
  const having = async () =>
    Promise.all(ALL_MARKS.map(async (has) => (await list.page({ has, limit: 9 })).items.map(({ id }) => id)))
  expect(await having()).toEqual(ALL_MARKS.map((mark) => [mark]))
  const open = await counts.count({ currentState: 'open' })
  expect(open).toMatchObject([{ total: 5, owed: 1, deadLetters: 1, parked: 1, timers: 0, held: 1 }])
  const [owing, ...others] = await recovery.findDue(0, 9) // P12: its lease has ended
  expect([owing?.saga.id, others]).toEqual(['owed', []])
  if (owing !== undefined) await note(store, owing, { settled: owing.saga.owed.map(({ id }) => id) })
  expect(await having()).toEqual(ALL_MARKS.map((mark) => (mark === 'owed' ? [] : [mark])))
})
