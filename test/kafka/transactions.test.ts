import { Kafka, logLevel } from 'kafkajs'
import type { Transaction } from 'kafkajs'
import { expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka, lag, produce } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import { event } from './support/kafka-peer.ts'
import { create, document, reached } from './support/saga.ts'

describeKafka('events in transactions', () => {
  async function begin(own: TestContext, { events }: KafkaFixture, name: string): Promise<Transaction> {
    const client = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING })
    const once = { idempotent: true, maxInFlightRequests: 1 }
    const producer = client.producer({ transactionalId: `${name}-${events}`, ...once })
    await producer.connect()
    own.onTestFinished(() => producer.disconnect())
    return producer.transaction()
  }

  /** So large that a fetch holds two or three records. */
  const VALIDATED = event('', '', { label: 'validationOK', payload: { padding: 'x'.repeat(100_000) } }).value as string

  test('I1 records of two aborted transactions are no events, also where a fetch begins within both', async (own) => {
    const fixture = await makeFixture({ partitions: 1 })
    const here = await startInProcess(fixture.file)
    own.onTestFinished(() => here.stop())
    const [one = '', other = '', last = ''] = await Promise.all([1, 2, 3].map(() => create(here.ask)))
    const first = await begin(own, fixture, 'first')
    const second = await begin(own, fixture, 'second')
    const say = (transaction: Transaction, key: string) =>
      transaction.send({ topic: fixture.events, messages: [{ key, value: VALIDATED }] })
    for (let times = 0; times < 6; times++) {
      await say(first, one)
      await say(second, other)
      await say(second, other)
    }
    await first.abort()
    await second.abort()
    await produce(fixture.events, [{ key: last, value: VALIDATED }])
    await reached(here.ask, last, 'reservationValidated')
    for (const id of [one, other]) {
      expect(await document(here.ask, id)).toMatchObject({ currentState: 'reservationCreated' })
    }
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
  })
})
