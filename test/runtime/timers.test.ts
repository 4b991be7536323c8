import { afterAll, beforeAll, describe, test } from 'vitest'
import { crudService, sagasCollection } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { loseWorkAndRestart, WITHIN } from './conformance/lose-work.ts'
import type { Started } from './conformance/stage.ts'

const TITLE = 'P18 a lost command is sent again, another one’s event fires, over a restart in between: '

describeMongo('timers of sagas', (mongo) => {
  describeOnRedis('over a restart', (redis) => {
    let service: CrudService
    beforeAll(async () => {
      service = await crudService({ definition: sagasCollection() })
    })
    afterAll(() => service?.close())

    describe.concurrent('of the worker', () => {
      const proves = (name: string, started: Started) => {
        test(TITLE + name, { timeout: 2 * WITHIN }, () => loseWorkAndRestart(started))
      }
      proves('SQLite', { script: 'start' })
      proves('Durable Objects', { script: 'start:workerd' })
      const server = () => ({ url: `redis://127.0.0.1:${redis().port}` })
      proves('Redis', { script: 'start', persistency: () => ({ type: 'redis', configurations: server() }) })
      const database = () => ({ connectionUri: mongo.uri(), collectionName: 'timers' })
      proves('MongoDB', { script: 'start', persistency: () => ({ type: 'mongo', configurations: database() }) })
      const collection = () => ({ host: service.host, port: service.port, collectionName: 'sagas' })
      proves('CRUD Service', { script: 'start', persistency: () => ({ type: 'crud', configurations: collection() }) })
    })
  })
})
