import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka, lag, produce } from '../services/kafka.ts'
import { makeFixture } from './support/bed.ts'
import type { KafkaFixture } from './support/bed.ts'
import { startInProcess } from './support/here.ts'
import type { InProcessService } from './support/here.ts'
import { event } from './support/peer.ts'
import { create, document, reached } from './support/saga.ts'
import { sharedStore } from './support/store.ts'
import type { StoreHandle } from './support/store.ts'

/** The first offset of a group, and records that expired before it read them. */
describeKafka('the offset at which a group goes on', () => {
  async function start(own: TestContext, bed: KafkaFixture, store: StoreHandle): Promise<InProcessService> {
    const here = await startInProcess(bed.file, { store })
    own.onTestFinished(() => here.stop())
    await eventually(() => here.logged.find(({ code }) => code === 'kafka.joined'))
    return here
  }

  const valid = (bed: KafkaFixture, ids: readonly string[]) =>
    produce(
      bed.events,
      ids.map((key) => ({ key, value: event('', '', 'validationOK').value as string })),
    )

  const sagas = (here: InProcessService, count: number) => Promise.all(Array.from({ length: count }, () => create(here.ask)))
  const caughtUp = (bed: KafkaFixture) => eventually(async () => ((await lag(bed.group, bed.events)) === 0 ? true : undefined))

  test.concurrent.for([true, false])(
    'I1 records that expired before they were read are reported as lost, and later ones are read: fromBeginning %s',
    async (fromBeginning, own) => {
      const bed = await makeFixture({ partitions: 1, settings: { fromBeginning } })
      const { door } = sharedStore()
      const first = await start(own, bed, door())
      const [read = '', lost = '', there = ''] = await sagas(first, 3)
      await valid(bed, [read])
      await reached(first.ask, read, 'reservationValidated')
      await caughtUp(bed)
      await first.stop()
      await valid(bed, [lost, there])
      await expire(bed, '2')
      const next = await start(own, bed, door())
      await reached(next.ask, there, 'reservationValidated')
      await caughtUp(bed)
      expect(await document(next.ask, lost)).toMatchObject({ currentState: 'reservationCreated' })
      const told = next.logged.filter(({ code }) => code === 'kafka.records-expired')
      const place = { topic: bed.events, partition: 0, from: '1', before: '2' }
      expect(told).toMatchObject([{ level: 'error', fields: place }])
      expect((await next.ask('/-/metrics')).text).toContain('batuta_internal_total{what="records-expired"} 1')
    },
  )

  test.concurrent('C2.5a I1 fromBeginning false: older records are not read, and newer ones are, although none was settled yet', async (own) => {
    const bed = await makeFixture({ partitions: 1, settings: { fromBeginning: false } })
    const { door } = sharedStore()
    const elsewhere = await makeFixture()
    const before = await start(own, elsewhere, door())
    const [old = '', fresh = ''] = await sagas(before, 2)
    await before.stop()
    await valid(bed, [old])

    const store = door()
    store.refused = fresh
    const first = await start(own, bed, store)
    await valid(bed, [fresh])
    await eventually(() => first.logged.find(({ code }) => code === 'kafka.partition-waits'))
    store.refused = undefined
    store.isDown = true
    await first.stop()
    const next = await start(own, bed, door())
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
