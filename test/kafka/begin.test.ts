import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka, lag, produce } from '../services/kafka.ts'
import { makeBed } from './support/bed.ts'
import type { Bed } from './support/bed.ts'
import { startHere } from './support/here.ts'
import type { Here } from './support/here.ts'
import { event } from './support/peer.ts'
import { create, document, reached } from './support/saga.ts'
import { sharedStore } from './support/store.ts'
import type { Door } from './support/store.ts'

/** Where a group begins, and what becomes of what it has not read in time. */
describeKafka('the offset at which a group goes on', () => {
  async function start(own: TestContext, bed: Bed, store: Door): Promise<Here> {
    const here = await startHere(bed.file, { store })
    own.onTestFinished(() => here.stop())
    await eventually(() => here.logged.find(({ code }) => code === 'kafka.joined'))
    return here
  }

  const valid = (bed: Bed, ids: readonly string[]) =>
    produce(
      bed.events,
      ids.map((key) => ({ key, value: event('', '', 'validationOK').value as string })),
    )

  const sagas = (here: Here, count: number) => Promise.all(Array.from({ length: count }, () => create(here.ask)))
  const caughtUp = (bed: Bed) => eventually(async () => ((await lag(bed.group, bed.events)) === 0 ? true : undefined))

  test.concurrent.for([true, false])(
    'I1 records that expired before they were read are reported as lost, and later ones are read: fromBeginning %s',
    async (fromBeginning, own) => {
      const bed = await makeBed({ partitions: 1, settings: { fromBeginning } })
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
    const bed = await makeBed({ partitions: 1, settings: { fromBeginning: false } })
    const { door } = sharedStore()
    const elsewhere = await makeBed()
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

/** As retention does it: everything before this offset is gone. */
async function expire({ events }: Bed, offset: string): Promise<void> {
  const admin = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.fetchTopicMetadata({ topics: [events] })
  await admin.deleteTopicRecords({ topic: events, partitions: [{ partition: 0, offset }] })
  await admin.disconnect()
}
