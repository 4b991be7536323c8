import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { crudService, sagasCollection } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { restManager } from '../services/rest-manager.ts'
import type { RestManager } from '../services/rest-manager.ts'
import { describeUpstash } from '../services/upstash-suite.ts'
import { runOnSharedStore } from './shared-store-run.ts'
import type { SharedStoreRunOptions } from './shared-store-run.ts'

/** Most seconds in which no saga ends, and of the wait for rest. */
const SECONDS = 80
/** Most milliseconds of a whole run on a busy machine. */
const TIMEOUT = 400_000

type StoreUnderTest = Partial<Pick<SharedStoreRunOptions, 'timeout' | 'recovers' | 'script'>>

/** Tests two workers with one kill on every store that processes can share. */
export function testEverySharedStore(sagas: number): void {
  const on = (name: string, store: () => object, options?: StoreUnderTest) => prove(name, sagas, { store, ...options })

  describeUpstash('workers on Upstash Redis', (upstash) => {
    on('upstash-redis', () => ({
      type: 'upstash-redis',
      configurations: { url: upstash().url, token: upstash().token },
    }))
  })

  describeOnRedis('workers on Redis', (redis) => {
    on('redis', () => ({ type: 'redis', configurations: { url: `redis://127.0.0.1:${redis().port}` } }))
  })

  describeMongo('workers on MongoDB', (mongo) => {
    on('mongo', () => ({ type: 'mongo', configurations: { connectionUri: mongo.uri(), collectionName: 'sagas' } }))
  })

  describe('workers on the CRUD Service', () => {
    let service: CrudService
    beforeAll(async () => {
      service = await crudService({ definition: sagasCollection() }) // its machine has no business states
    })
    afterAll(() => service?.close())
    on('crud', () => ({
      type: 'crud',
      configurations: { host: service.host, port: service.port, collectionName: 'sagas' },
    }))
  })

  describe('workers on a REST service with tags', () => {
    let manager: RestManager
    beforeAll(async () => {
      manager = await restManager()
    })
    afterAll(() => manager?.close())
    // Participants that emit before they answer nest the requests: each waits until the next command is sent (P17).
    on('rest', () => ({ type: 'rest', configurations: manager.configurations }), {
      timeout: 'PT10S',
      recovers: 'redelivery',
    })
  })

  describe('workers on a file of Deno KV', () => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-shared-kv-'))
    afterAll(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'sagas.kv')
    on('deno-kv', () => ({ type: 'deno-kv', configurations: { path } }), { script: 'start:deno' })
  })
}

function prove(name: string, sagas: number, options: StoreUnderTest & { readonly store: () => object }): void {
  const { store, timeout = 'PT1S', recovers = 'sweep', script = 'start' } = options
  const title =
    'I1 I2 I3 I4 I7 I8 P10 P15 P18 two workers, one killed in the middle: nothing is lost, nothing is done twice'
  test(title, { timeout: TIMEOUT }, async () => {
    const line = await runOnSharedStore({
      script,
      store: store(),
      timeout,
      recovers,
      workers: 2,
      sagas,
      atOnce: 32,
      seconds: SECONDS,
    })
    console.log(`${name}: ${line}`)
  })
}
