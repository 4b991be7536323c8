import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broker } from '../../testing/broker/broker.ts'
import { startCluster } from '../../testing/broker/cluster.ts'
import { eventually } from '../services/client.ts'
import { describeKafka } from '../services/kafka.ts'
import { Topics } from '../services/topics.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import { askOf, atRest, create, probe, reached } from './support/saga.ts'

/** 3 s until a lost broker is fenced, and time for the client after it on a busy machine. */
const RECOVERY = 12_000
const EVENT = JSON.stringify({ messageLabel: 'validationOK', messagePayload: {} })

/** Three brokers: each partition has three replicas, two of them in sync. */
describeKafka('one broker of three is lost', () => {
  let brokers: Broker[] = []
  let topics: Topics
  beforeAll(async () => {
    brokers = await startCluster(3)
    topics = new Topics(brokers.map(({ addresses }) => addresses.plaintext).join())
  })
  afterAll(async () => {
    await topics?.close()
    await Promise.all(brokers.map((broker) => broker.close()))
  })

  test('C7 I1 I2 the coordinator of the group: liveness stays healthy, and events and commands go on', async (own) => {
    const addresses = brokers.map(({ addresses: { plaintext } }) => plaintext)
    const settings = { brokers: addresses, sessionTimeout: 10_000 }
    const fixture = await makeFixture({ create: (name, count) => topics.create(name, count), partitions: 6, settings })
    const worker = await workerOf(fixture)
    own.onTestFinished(() => worker.stop())
    await worker.start()
    const ask = askOf(worker)
    const first = await create(ask)
    await topics.produce(fixture.events, [{ key: first, value: EVENT }])
    await reached(ask, first, 'reservationValidated')

    let ill = ''
    let isOver = false
    const probing = (async () => {
      for (; !isOver; await sleep(50)) {
        const { status, text } = await ask('/-/healthz')
        if (status !== 200) ill = text
      }
    })()
    const lost = await coordinatorOf(addresses, fixture.group)
    await brokers[lost - 1]?.kill()
    const at = Date.now()
    const ids = await Promise.all(Array.from({ length: 30 }, () => create(ask)))
    await topics.produce(
      fixture.events,
      ids.map((key) => ({ key, value: EVENT })),
    )
    for (const id of ids) await reached(ask, id, { state: 'reservationValidated', within: RECOVERY })
    const events = Date.now() - at
    for (const id of ids) await atRest(ask, id)
    await probe(ask, '/-/ready', 200)
    isOver = true
    await probing
    expect(ill).toBe('')
    // A wait for the session of 10 s would show.
    expect(events).toBeLessThan(RECOVERY)
    await eventually(async () => ((await topics.lag(fixture.group, fixture.events)) === 0 ? true : undefined))
  })
})

/** Node id of the group's coordinator. */
async function coordinatorOf(brokers: string[], group: string): Promise<number> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const offsets = '__consumer_offsets'
  const { topics } = await admin.fetchTopicMetadata({ topics: [offsets] })
  await admin.disconnect()
  const partitions = topics[0]?.partitions ?? []
  const hash = Buffer.from(group).reduce((sum, byte) => (Math.imul(31, sum) + byte) | 0, 0) & 0x7fffffff
  const leader = partitions.find(({ partitionId }) => partitionId === hash % partitions.length)?.leader
  if (leader === undefined) throw new Error(`find the coordinator of "${group}": ${offsets} has no such partition`)
  return leader
}
