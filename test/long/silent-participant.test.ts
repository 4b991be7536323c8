import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { fresh } from '../../testing/contract/build.ts'
import { crudService } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { restService } from '../persistency/rest-service.ts'
import type { RestService } from '../persistency/rest-service.ts'
import { CONFIRMS, follows } from '../services/behaviour.ts'
import { call, eventually, insist } from '../services/client.ts'
import { describeMongo } from '../services/mongo.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { reservation } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'

const [SAGAS, OUTAGE, PATIENCE] = [500, 120_000, 90_000]
/** Stores beside that of the process: the time of the outage is for retries, which are the same with all of them. */
const SHORT_OUTAGE = 20_000

interface Trial {
  readonly script: WorkerScript
  /** Default: that of the host. */
  readonly persistency?: (() => object) | undefined
  readonly outage: number
  /** A request is answered when its commands are delivered or given up, and its client repeats it (P17). */
  readonly isRedelivered?: boolean | undefined
}

interface Stage {
  readonly participant: Participant
  readonly worker: Worker
  readonly create: () => Promise<string>
  readonly read: (ids: readonly string[]) => Promise<readonly SagaDocument[]>
  readonly end: () => Promise<void>
}

/** A worker whose participant is not there yet. */
async function stage({ script, persistency }: Trial, retry: object): Promise<Stage> {
  const participant = await startParticipant(follows(CONFIRMS))
  await participant.shut()
  const file = reservation(participant.port, (saga) => {
    const [channel] = saga.communicationProtocols
    if (channel !== undefined) channel.configurations['retry'] = retry
    if (persistency !== undefined) saga.persistencyManagement = persistency()
  })
  const worker = await Worker.start({ script, configuration: JSON.stringify(file) })
  participant.reports(() => worker.url)
  let count = 0
  return {
    participant,
    worker,
    create: async () => {
      const body = { associatedEntityId: 'table', metadata: {} }
      const headers = { 'idempotency-key': `saga-${count++}` }
      const { answer } = await insist(`${worker.url}/saga`, { headers, body })
      expect(answer.status).toBe(200)
      return (answer.json as { sagaId: string }).sagaId
    },
    end: async () => void (await Promise.all([worker.stop(), participant.close()])),
    read: (ids) =>
      inTurn(ids, async (id) => {
        const { json } = await call(`${worker.url}/sagas/${id}`)
        return json as SagaDocument
      }),
  }
}

/** A few at a time. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  const left = items.entries()
  const worker = async () => {
    for (const [at, item] of left) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return results
}

async function allConfirmed({ read }: Stage, ids: readonly string[]): Promise<readonly SagaDocument[]> {
  return eventually(async () => {
    await sleep(1_000)
    const documents = await read(ids)
    const isOver = (one: SagaDocument) => one.currentState === 'reservationConfirmed' && one.owed === undefined
    return documents.every(isOver) ? documents : undefined
  }, PATIENCE)
}

function inTrouble(trial: Trial): void {
  const { outage, isRedelivered } = trial

  test('P13 P15 it is switched off while 500 sagas wait for it: all end, without dead letters', async (own) => {
    const scene = await stage(trial, {})
    own.onTestFinished(() => scene.end())
    const creating = Promise.all(Array.from({ length: SAGAS }, scene.create))
    if (isRedelivered !== true) await creating
    await sleep(outage)
    if (isRedelivered !== true) {
      const waiting = await scene.read(await creating)
      expect(waiting.filter(({ owed }) => owed?.[0]?.attempts !== 0)).toEqual([])
    }
    await scene.participant.open()
    const ids = await creating
    const ended = await allConfirmed(scene, ids)
    expect(ended.filter(({ deadLetters }) => deadLetters !== undefined)).toEqual([])
    const order = firstAttempts(scene.participant)
    expect(
      ids.filter(
        (id) =>
          order.get(id)?.join() !==
          order
            .get(id)
            ?.toSorted((a, b) => a - b)
            .join(),
      ),
    ).toEqual([])
    expect(order.size).toBe(SAGAS)
  }, 400_000)

  test('P15 P25 it answers 500 for ever: dead letters with its words; mended and redelivered, all end', async (own) => {
    const scene = await stage(trial, { attempts: 4, firstWait: 'PT0.1S', longestWait: 'PT1S' })
    own.onTestFinished(() => scene.end())
    scene.participant.behaves(() => ({ status: 500, body: 'the till is jammed' }))
    await scene.participant.open()
    const ids = await Promise.all(Array.from({ length: SAGAS }, scene.create))
    const dead = await eventually(async () => {
      await sleep(1_000)
      const documents = await scene.read(ids)
      return documents.every(({ deadLetters }) => deadLetters !== undefined) ? documents : undefined
    }, PATIENCE)
    const letter = { why: 'status 500', attempts: 4, last: { status: 500, answer: 'the till is jammed' } }
    for (const { owed, deadLetters } of dead) expect([owed, deadLetters]).toMatchObject([undefined, [letter]])
    scene.participant.behaves(follows(CONFIRMS))
    await inTurn(ids, async (id) => {
      const headers = { 'x-operator': 'zoe', 'x-reason': 'mended', 'idempotency-key': `mend-${id}` }
      const { status, text } = await call(`${scene.worker.url}/sagas/${id}/redeliver`, { method: 'POST', headers })
      expect([status, text]).toEqual([200, text])
    })
    const ended = await allConfirmed(scene, ids)
    expect(ended.filter(({ deadLetters }) => deadLetters !== undefined)).toEqual([])
    expect(ended.every(({ history }) => history.operations?.[0]?.action === 'redeliver')).toBe(true)
  }, 400_000)
}

/** Numbers of the steps of each saga, in the order in which their first sends arrived. */
function firstAttempts({ received }: Participant): ReadonlyMap<string, readonly number[]> {
  const order = new Map<string, number[]>()
  for (const { sagaId, key, nth } of received) {
    if (nth === 1) order.set(sagaId, [...(order.get(sagaId) ?? []), Number(decodeURIComponent(key).split('/').at(-2))])
  }
  return order
}

describe('a participant in trouble, Node and SQLite', () => inTrouble({ script: 'start', outage: OUTAGE }))

describe('a participant in trouble, workerd with objects', () => {
  inTrouble({ script: 'start:workerd', outage: OUTAGE })
})

describeOnRedis('a participant in trouble, redis', (redis) => {
  const persistency = () => ({ type: 'redis', configurations: { url: `redis://127.0.0.1:${redis().port}` } })
  inTrouble({ script: 'start', persistency, outage: SHORT_OUTAGE })
})

describeMongo('a participant in trouble, mongo', (mongo) => {
  const persistency = () => ({
    type: 'mongo',
    configurations: { connectionUri: mongo.uri(), collectionName: fresh('sagas') },
  })
  inTrouble({ script: 'start', persistency, outage: SHORT_OUTAGE })
})

describe('a participant in trouble, crud', () => {
  let service: CrudService
  beforeAll(async () => {
    service = await crudService()
  })
  afterAll(() => service?.close())
  const persistency = () => ({
    type: 'crud',
    configurations: { host: '127.0.0.1', port: service.port, collectionName: 'sagas' },
  })
  inTrouble({ script: 'start', persistency, outage: SHORT_OUTAGE })
})

describe('a participant in trouble, rest', () => {
  let service: RestService
  beforeAll(async () => {
    service = await restService({ tags: 'strong' })
  })
  afterAll(() => service?.close())
  const target = { protocol: 'http', endpoint: '127.0.0.1', method: 'PUT', path: '/sagas' }
  const persistency = () => ({ type: 'rest', configurations: { ...target, port: service.port } })
  inTrouble({ script: 'start', persistency, outage: SHORT_OUTAGE, isRedelivered: true })
})
