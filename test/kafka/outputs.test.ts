import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { eventually } from '../services/client.ts'
import { createTopic, describeKafka, kafka, readAll } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import { atRest, create, document, probe } from './support/saga.ts'

describeKafka('two output topics, one deleted', () => {
  test('C3.1 I2 I7 C7 the other one gets each command once; recreated, it gets the commands that it lacks, under the same keys', async (own) => {
    const [kept, lost] = await Promise.all([createTopic('kept', 2), createTopic('lost', 2)])
    const fixture = await makeFixture({ settings: { outputTopics: [kept, lost] } })
    const here = await startInProcess(fixture.file)
    own.onTestFinished(() => here.stop())
    const admin = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    own.onTestFinished(() => admin.disconnect())
    const sagas = (count: number) => Promise.all(Array.from({ length: count }, () => create(here.ask)))
    const keys = async (topic: string) =>
      (await readAll(topic)).map(({ headers }) => String(headers['idempotency-key']))
    const keysOf = (ids: readonly string[]) => ids.map((id) => `${id}/0/0`).sort()

    const before = await sagas(5)
    for (const id of before) await atRest(here.ask, id)
    await admin.deleteTopics({ topics: [lost] })
    expect(await probe(here.ask, '/-/ready', 503)).toContain(`"${lost}"`)
    expect((await here.ask('/-/check-up')).status).toBe(503)
    expect((await here.ask('/-/healthz')).status).toBe(200)

    const during = await sagas(20)
    const all = keysOf([...before, ...during])
    const arrived = async () => (await keys(kept)).length >= all.length || undefined
    await eventually(async () => (await arrived().catch(() => undefined)) as true | undefined)
    for (const id of during) expect((await document(here.ask, id)).owed).toHaveLength(1)
    const told = await eventually(() => here.logged.find(({ code }) => code === 'command.unreachable'))
    expect(String(told.fields['why'])).toContain(`"${lost}"`)

    await eventually(() =>
      admin.createTopics({ topics: [{ topic: lost, numPartitions: 2 }] }).then(
        () => true as const,
        () => undefined,
      ),
    )
    await probe(here.ask, '/-/ready', 200)
    for (const id of during) await atRest(here.ask, id)
    expect((await keys(lost)).sort()).toEqual(keysOf(during))
    expect((await keys(kept)).sort()).toEqual(all)
  })
})
