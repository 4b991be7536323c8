import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka } from '../services/kafka.ts'
import { upsert } from '../persistency/crud-reference-scene.ts'
import { ownServiceForTest } from '../persistency/crud-scene.ts'
import { batuta } from '../unit/cli/run.ts'
import { makeFixture } from './support/fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-takeover-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A saga.json over a collection with one saga that has ended. */
async function prepared(settings: Readonly<Record<string, unknown>> = {}) {
  const service = await ownServiceForTest()
  await upsert(service, 'done', { currentState: 'x', isFinal: true, metadata: {} })
  const { file, ...fixture } = await makeFixture({ settings })
  const { host, port } = service
  const collectionName = new URL(service.url).pathname.split('/')[1]
  file.persistencyManagement = { type: 'crud', configurations: { protocol: 'http', host, port, collectionName } }
  const path = join(folder, `${fixture.group}.json`)
  writeFileSync(path, JSON.stringify(file))
  return { path, ...fixture }
}

describeKafka('takeover with a broker', () => {
  test('P22 it is not safe while the old group has members; offsets and lag are shown', async () => {
    const { path, events, group } = await prepared()
    const client = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING })
    const [producer, consumer] = [client.producer(), client.consumer({ groupId: group, sessionTimeout: 6_000 })]
    await producer.connect()
    await producer.send({ topic: events, messages: [0, 1, 2].map((n) => ({ partition: 0, value: String(n) })) })
    await consumer.connect()
    await consumer.subscribe({ topics: [events], fromBeginning: true })
    let read = 0
    await consumer.run({ autoCommitThreshold: 1, eachMessage: async () => void read++ })
    await eventually(() => (read === 3 ? true : undefined))
    const running = await eventually(async () => {
      const report = JSON.parse((await batuta(process.execPath, ['takeover', path, '--json'])).stdout)
      return report.groups[0]?.partitions[0]?.committed === '3' ? report : undefined
    })
    expect(running).toMatchObject({ isPrepared: false, groups: [{ group, members: 1 }] })
    expect(running.obstacles).toEqual([
      expect.stringContaining(`the group "${group}" has 1 member: stop the old service`),
    ])
    await consumer.disconnect()
    await producer.send({ topic: events, messages: [{ partition: 0, value: '3' }] })
    const after = await batuta(process.execPath, ['takeover', path])
    expect(after, after.stderr).toMatchObject({ code: 0 })
    expect(after.stdout).toContain(`  ${events}/0: committed 3, 1 record to read`)
    expect(after.stdout).toContain(`  ${events}/1: no committed offset, 0 records to read`)
    expect(after.stdout).toContain('safe to start; the store is prepared')
    await producer.disconnect()
  })

  test('P22 offsets of a former topic are called past its end', async () => {
    const { path, events, group } = await prepared()
    const admin = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.setOffsets({ groupId: group, topic: events, partitions: [{ partition: 0, offset: '900' }] })
    await admin.disconnect()
    const { stdout } = await batuta(process.execPath, ['takeover', path])
    expect(stdout).toContain(`  ${events}/0: committed 900, past the end of the topic, 0 records to read`)
  })

  test('C1.2 a topic that does not exist is named', async () => {
    const { path } = await prepared({ inputTopics: ['nowhere'] })
    const { code, stdout, stderr } = await batuta(process.execPath, ['takeover', path])
    expect(code, stderr).toBe(1)
    expect(stdout).toContain('not safe to start:\n  the topic "nowhere" does not exist\n')
  })

  test('C2.6 a refused login ends the command, without the password', { timeout: 20_000 }, async () => {
    const sasl = { mechanism: 'plain', username: 'somebody', password: 'not-the-password' }
    const { path } = await prepared({ brokers: [kafka.addresses.sasl], authenticationProperties: { sasl } })
    const { code, stdout, stderr } = await batuta(process.execPath, ['takeover', path])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('SASL PLAIN authentication failed')
    expect(stderr).not.toContain('not-the-password')
  })
})
