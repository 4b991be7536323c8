import { Kafka, logLevel } from 'kafkajs'
import type { Admin } from 'kafkajs'
import { expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka, lag, produce } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { event } from './support/kafka-peer.ts'
import { create, probe, reached } from './support/saga.ts'

/** In a file of its own: while a topic is missing, the client of `lag` and `produce` does not work for other topics. */
describeKafka('a topic that is recreated while it is read', () => {
  async function administer(own: TestContext): Promise<Admin> {
    const admin = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    own.onTestFinished(() => admin.disconnect())
    return admin
  }

  const sagas = (here: InProcessService, count: number) =>
    Promise.all(Array.from({ length: count }, () => create(here.ask)))
  const worked = (work: () => Promise<unknown>) =>
    work()
      .then(() => true as const)
      .catch(() => undefined)

  test('P22 I1 is read from its beginning, also by a process with a store of its own, which otherwise goes on from its progress', async (own) => {
    const fixture = await makeFixture({ partitions: 1 })
    const here = await startInProcess(fixture.file)
    own.onTestFinished(() => here.stop())
    const valid = (ids: readonly string[]) =>
      produce(
        fixture.events,
        ids.map((key) => ({ key, value: event('', '', 'validationOK').value as string })),
      )
    const [old, fresh] = [await sagas(here, 5), await sagas(here, 10)]
    await valid(old)
    for (const id of old) await reached(here.ask, id, 'reservationValidated')
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))

    const admin = await administer(own)
    await admin.deleteTopics({ topics: [fixture.events] })
    await eventually(() => here.logged.find(({ code }) => code === 'kafka.consumer-ended'))
    expect(await probe(here.ask, '/-/ready', 503)).toContain('kafkaChannel')
    expect((await here.ask('/-/healthz')).status).toBe(200)
    await eventually(() => worked(() => admin.createTopics({ topics: [{ topic: fixture.events, numPartitions: 1 }] })))
    await eventually(() => worked(() => valid(fresh)))
    for (const id of fresh) await reached(here.ask, id, 'reservationValidated')
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
  })
})
