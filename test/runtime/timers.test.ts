import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crudService, sagasCollection } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import type { Received } from '../services/participant.ts'
import { eventually } from '../services/client.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { machineOfTimeouts } from '../services/timeouts.ts'
import { RunningWorker } from './conformance/stage.ts'
import type { Started } from './conformance/stage.ts'

/** Long enough for the settlement before it, short enough that the restart takes up the rest. */
const AFTER = 'PT6S'
const WITHIN = 60_000

/**
 * Two sagas whose participant accepts the command and loses the work, and a restart before their deadlines: one is saved by a
 * resend, the event of the other one fires.
 */
async function loseWorkAndRestart(started: Started): Promise<void> {
  const edit = (file: { machineDefinition: object }) => void (file.machineDefinition = machineOfTimeouts(AFTER))
  const on = await RunningWorker.open(started, { edit })
  try {
    const { participant, worker } = on
    participant.behaves(({ label, nth }) => (label === 'ask' && nth > 1 ? { emit: 'answered' } : {}))
    const [lost, silent] = await Promise.all([on.create(), on.create()])
    await Promise.all([on.event(lost, 'ask'), on.event(silent, 'wait')])
    // Delivered and settled: from now on only the timers know of them.
    for (const id of [lost, silent]) {
      await eventually(async () => ((await on.document(id)).owed === undefined ? true : undefined), WITHIN)
    }
    const armed = await on.document(lost)
    expect(armed.timer).toMatchObject({ step: 1, resends: 1, event: 'silence' })
    await worker.restart()

    const [saved, ended] = await Promise.all([on.settled(lost, WITHIN), on.settled(silent, WITHIN)])
    expect(saved.history.events.map(({ event }) => event)).toEqual(['__created__', 'ask', 'answered'])
    const sent = participant.received.filter(({ sagaId }) => sagaId === lost)
    expect(sent.map(({ key }) => key)).toEqual([`${lost}/1/0`, `${lost}/1/0`])
    expect(new Set(sent.map(({ bytes }) => bytes)).size).toBe(1)
    expect((sent[1] as Received).at).toBeGreaterThanOrEqual(Date.parse(armed.timer?.deadline ?? ''))

    expect(ended.currentState).toBe('gaveUp')
    expect(ended.history.events.at(-1)).toMatchObject({ event: 'silence', id: 'timer/1' })
    expect(participant.received.filter(({ sagaId }) => sagaId === silent)).toHaveLength(1)
  } finally {
    await on.close()
  }
}

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
