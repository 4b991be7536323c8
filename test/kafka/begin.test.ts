import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka, lag, produce } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { event } from './support/kafka-peer.ts'
import { create, document, reached } from './support/saga.ts'
import { sharedStore } from './support/store-handles.ts'
import type { StoreHandle } from './support/store-handles.ts'

/** The first offset of a group, and records that expired before it read them. */
describeKafka('the offset at which a group goes on', () => {
  async function start(own: TestContext, fixture: KafkaFixture, store: StoreHandle): Promise<InProcessService> {
    const here = await startInProcess(fixture.file, { store })
    own.onTestFinished(() => here.stop())
    await eventually(() => here.logged.find(({ code }) => code === 'kafka.joined'))
    return here
  }

  const valid = (fixture: KafkaFixture, ids: readonly string[]) =>
    produce(
      fixture.events,
      ids.map((key) => ({ key, value: event('', '', 'validationOK').value as string })),
    )

  const sagas = (here: InProcessService, count: number) =>
    Promise.all(Array.from({ length: count }, () => create(here.ask)))
  const caughtUp = (fixture: KafkaFixture) =>
    eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))

  test.concurrent.for([true, false])(
    'I1 records that expired before they were read are reported as lost, and later ones are read: fromBeginning %s',
    async (fromBeginning, own) => {
      const fixture = await makeFixture({ partitions: 1, settings: { fromBeginning } })
      const { door } = sharedStore()
      const first = await start(own, fixture, door())
      const [read = '', lost = '', there = ''] = await sagas(first, 3)
      await valid(fixture, [read])
      await reached(first.ask, read, 'reservationValidated')
      await caughtUp(fixture)
      await first.stop()
      await valid(fixture, [lost, there])
      await expire(fixture, '2')
      const next = await start(own, fixture, door())
      await reached(next.ask, there, 'reservationValidated')
      await caughtUp(fixture)
      expect(await document(next.ask, lost)).toMatchObject({ currentState: 'reservationCreated' })
      const told = next.logged.filter(({ code }) => code === 'kafka.records-expired')
      const place = { topic: fixture.events, partition: 0, from: '1', before: '2' }
      expect(told).toMatchObject([{ level: 'error', fields: place }])
      expect((await next.ask('/-/metrics')).text).toContain('batuta_internal_total{what="records-expired"} 1')
    },
  )

  test.concurrent('C2.5a I1 fromBeginning false: older records are not read, and newer ones are, although none was settled yet', async (own) => {
    const fixture = await makeFixture({ partitions: 1, settings: { fromBeginning: false } })
    const { door } = sharedStore()
    const elsewhere = await makeFixture()
    const before = await start(own, elsewhere, door())
    const [old = '', fresh = ''] = await sagas(before, 2)
    await before.stop()
    await valid(fixture, [old])

    const store = door()
    store.refused = fresh
    const first = await start(own, fixture, store)
    await valid(fixture, [fresh])
    await eventually(() => first.logged.find(({ code }) => code === 'kafka.partition-waits'))
    store.refused = undefined
    store.isDown = true
    await first.stop()
    const next = await start(own, fixture, door())
    await reached(next.ask, fresh, 'reservationValidated')
    expect(await document(next.ask, old)).toMatchObject({ currentState: 'reservationCreated' })
  })
})

/** Deletes all records before this offset, as retention does. */
async function expire({ events }: KafkaFixture, offset: string): Promise<void> {
  const admin = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.fetchTopicMetadata({ topics: [events] })
  await admin.deleteTopicRecords({ topic: events, partitions: [{ partition: 0, offset }] })
  await admin.disconnect()
}
