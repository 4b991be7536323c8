import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { CrudService } from '../fakes/crud-service.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { describeUpstash } from '../services/upstash-suite.ts'
import { crudMistakes, startCrudServices } from './trouble/crud.ts'
import type { CrudServices } from './trouble/crud.ts'
import { denoKvMistakes } from './trouble/deno-kv.ts'
import { expectTold } from './trouble/mistake.ts'
import type { Mistake } from './trouble/mistake.ts'
import { mongoMistakes } from './trouble/mongo.ts'
import { startNeighbours } from './trouble/neighbours.ts'
import type { Neighbours } from './trouble/neighbours.ts'
import { forbid, redisMistakes } from './trouble/redis.ts'
import { restMistakes } from './trouble/rest.ts'
import { upstashMistakes } from './trouble/upstash-redis.ts'

let near: Neighbours
beforeAll(async () => {
  near = await startNeighbours()
})
afterAll(() => near?.close())

/** The message at the start, or of the probe, has the place, the answer and the remedy, and no secret. */
function told(name: string, mistakes: readonly Mistake[]): void {
  describe.concurrent('C2.6 the message of a mistake names the store, the action, the answer and the remedy', () => {
    test.for(mistakes)('C2.6 $what', (mistake) => expectTold(mistake, name))
  })
}

describe('mistakes in rest', () =>
  told(
    'rest',
    restMistakes(() => near),
  ))

describe('mistakes in crud', () => {
  let services: CrudServices
  beforeAll(async () => {
    services = await startCrudServices()
  })
  afterAll(async () => {
    for (const service of services === undefined ? [] : Object.values<CrudService>(services)) await service.close()
  })
  told(
    'crud',
    crudMistakes(
      () => near,
      () => services,
    ),
  )
})

describeMongo('mongo, named wrongly', (mongo) =>
  told(
    'mongo',
    mongoMistakes(() => near, mongo),
  ),
)

describeUpstash('upstash-redis, named wrongly', (upstash) => {
  beforeAll(async () => {
    await upstash().redis.call('ACL', 'SETUSER', 'default', '-@write')
  })
  told(
    'upstash-redis',
    upstashMistakes(() => near, upstash),
  )
})

describeOnRedis('redis, named wrongly', (redis) => {
  beforeAll(() => forbid(redis().port))
  told(
    'redis',
    redisMistakes(() => near, redis),
  )
})

describe('mistakes in deno-kv', () => {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-trouble-kv-'))
  const garbage = join(folder, 'garbage.kv')
  writeFileSync(garbage, 'the notes of somebody, who does not expect them to be taken for sagas')
  afterAll(() => rmSync(folder, { recursive: true }))
  told(
    'deno-kv',
    denoKvMistakes(() => garbage),
  )
})
