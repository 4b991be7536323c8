import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { crudService } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { eventually } from '../services/client.ts'
import { describeMongo } from '../services/mongo.ts'
import { startParticipant } from '../services/participant.ts'
import { describeRedis, startRedis } from '../services/redis.ts'
import type { RedisServer } from '../services/redis.ts'
import { reservation } from '../services/reservation.ts'
import { startUpstash } from '../services/upstash.ts'
import type { Upstash } from '../services/upstash.ts'
import { Worker } from '../services/worker.ts'
import { describe } from 'vitest'
import { Load } from './load.ts'
import { look, verdict } from './verdict.ts'

const [SAGAS, AT_ONCE, SECONDS] = [1_000, 32, 100]

/** Two workers on one store, each request to either of them, one killed in the middle and started again. */
function heldTogether(store: () => object): void {
  test(
    'I1 I2 I3 I7 I8 two workers, one killed in the middle: nothing is lost, nothing is done twice',
    { timeout: SECONDS * 1_000 },
    async () => {
      const participant = await startParticipant()
      const configuration = JSON.stringify(
        reservation(participant.port, (file) => {
          file.persistencyManagement = store()
          // What a dead worker holds is free again after this and five seconds (P12).
          for (const channel of file.communicationProtocols) channel.configurations['timeout'] = 'PT1S'
        }),
      )
      const environment = { LOG_LEVEL: 'silent' }
      const workers = await Promise.all([1, 2].map(() => Worker.start({ script: 'start', configuration, environment })))
      try {
        const either = () => workers[Math.random() < 0.5 ? 0 : 1]?.url ?? ''
        participant.reports(either)
        const load = new Load({ url: either, participant, sagas: SAGAS, atOnce: AT_ONCE })
        await Promise.all([killOne(workers[0] as Worker, load), load.run((SECONDS - 20) * 1_000)])

        const aftermath = await look(workers[1]?.url ?? '', load.created, AT_ONCE)
        const problems = verdict(reservation(1).machineDefinition, load.created, aftermath, participant)
        expect(load.created).toHaveLength(SAGAS)
        expect(problems.slice(0, 20), `${problems.length} problems`).toEqual([])
      } finally {
        await Promise.all([participant.close(), ...workers.map((worker) => worker.stop())])
      }
    },
  )
}

async function killOne(worker: Worker, load: Load): Promise<void> {
  await eventually(() => (load.over || load.ended >= SAGAS / 3 ? true : undefined), SECONDS * 1_000)
  expect(load.over, 'the run does not count: it was over before the kill').toBe(false)
  await worker.kill()
  await sleep(500)
  await worker.start()
}

describeRedis('held together by Upstash Redis', () => {
  let server: RedisServer
  let upstash: Upstash
  beforeAll(async () => {
    server = await startRedis()
    upstash = await startUpstash(server.port)
  })
  afterAll(async () => {
    await upstash?.close()
    await server?.close()
  })
  heldTogether(() => ({ type: 'upstash-redis', configurations: { url: upstash.url, token: upstash.token } }))
})

describeMongo('held together by MongoDB', (mongo) => {
  heldTogether(() => ({ type: 'mongo', configurations: { connectionUri: mongo.uri(), collectionName: 'sagas' } }))
})

describe('held together by the CRUD Service', () => {
  let service: CrudService
  beforeAll(async () => {
    service = await crudService()
  })
  afterAll(() => service?.close())
  heldTogether(() => ({
    type: 'crud',
    configurations: { host: service.host, port: service.port, collectionName: 'sagas' },
  }))
})
