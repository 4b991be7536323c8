import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBroker } from '../../testing/broker/broker.ts'
import type { Broker } from '../../testing/broker/broker.ts'
import { CONFIRMS } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { describeKafka } from '../services/kafka.ts'
import { Topics } from '../services/topics.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { KafkaPeer } from './support/kafka-peer.ts'
import { askOf, create, reached } from './support/saga.ts'

const { ALL, DESCRIBE, READ, WRITE } = AclOperationTypes
type Right = readonly [operation: AclOperationTypes, type: AclResourceTypes, name: string]

/** The rights that a user of the service needs. */
function needed({ events, commands, group }: KafkaFixture): Right[] {
  const { TOPIC, GROUP } = AclResourceTypes
  return [
    [READ, TOPIC, events],
    [WRITE, TOPIC, commands],
    [READ, GROUP, group],
  ]
}

describeKafka('a broker with access control', () => {
  let broker: Broker
  let topics: Topics
  beforeAll(async () => {
    const settings = {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
    }
    broker = await startBroker({ settings })
    topics = new Topics(broker.addresses.plaintext)
  })
  afterAll(async () => {
    await topics?.close()
    await broker?.close()
  })

  async function bedOf(rights: (fixture: KafkaFixture) => readonly Right[]): Promise<KafkaFixture> {
    const authenticationProperties = { sasl: { mechanism: 'scram-sha-256', ...broker.user } }
    const settings = { brokers: [broker.addresses.sasl], authenticationProperties }
    const fixture = await makeFixture({ create: (name, partitions) => topics.create(name, partitions), settings })
    if (rights(fixture).length > 0) await allow(rights(fixture))
    return fixture
  }

  async function allow(rights: readonly Right[]): Promise<void> {
    const admin = new Kafka({ brokers: [broker.addresses.plaintext], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    const whom = { principal: `User:${broker.user.username}`, host: '*', permissionType: AclPermissionTypes.ALLOW }
    const how = { ...whom, resourcePatternType: ResourcePatternTypes.LITERAL }
    await admin.createAcls({
      acl: rights.map(([operation, resourceType, resourceName]) => ({ ...how, operation, resourceType, resourceName })),
    })
    await admin.disconnect()
  }

  async function refusal(fixture: KafkaFixture): Promise<string> {
    const worker = await workerOf(fixture)
    try {
      expect(await worker.launch(), worker.stderr).toMatchObject({ code: 1 })
      return worker.stderr
    } finally {
      await worker.stop()
    }
  }

  test.concurrent('C2.2 the rights to read events and group and to write commands are enough', async () => {
    const fixture = await bedOf(needed)
    const answers = { script: CONFIRMS, to: fixture.events }
    const peer = await KafkaPeer.join({ address: broker.addresses.plaintext, hears: [fixture.commands], answers })
    const worker = await workerOf(fixture)
    try {
      await worker.start()
      await reached(askOf(worker), await create(askOf(worker)), 'reservationConfirmed')
    } finally {
      await Promise.all([peer.close(), worker.stop()])
    }
  })

  test.concurrent('C1.2 C2.2 no rights at all: the topics may not be seen', async () => {
    const fixture = await bedOf(() => [])
    const said = await refusal(fixture)
    expect(said).toMatch(/batuta could not start: open the Kafka channel "kafkaChannel": .*may not be seen/)
    expect(said).toMatch(new RegExp(`"${fixture.events}"|"${fixture.commands}"`))
  })

  test.concurrent('C1.2 the right to describe events, not to read them: the process ends with the reason', async () => {
    const fixture = await bedOf((one) => [[DESCRIBE, AclResourceTypes.TOPIC, one.events], ...needed(one).slice(1)])
    const worker = await workerOf(fixture)
    try {
      await worker.start()
      const said = /batuta could not go on: .*not authorized.*topic/i
      await eventually(() => (said.test(worker.stderr) ? true : undefined)) // its last output may arrive after its end
      await eventually(() => (worker.group.length === 0 ? true : undefined))
    } finally {
      await worker.stop()
    }
  })

  test.concurrent('C7 the right to describe commands, not to write them: they stay in the outbox, and are sent once it is granted', async () => {
    const fixture = await bedOf((one) => {
      const [read, , group] = needed(one) as [Right, Right, Right]
      return [read, group, [DESCRIBE, AclResourceTypes.TOPIC, one.commands]]
    })
    const worker = await workerOf(fixture)
    try {
      await worker.start()
      const id = await create(askOf(worker))
      await eventually(() => (worker.stdout.includes('"code":"command.unreachable"') ? true : undefined))
      await allow([[ALL, AclResourceTypes.TOPIC, fixture.commands]])
      await eventually(async () => (await topics.readAll(fixture.commands)).find(({ key }) => key === id))
    } finally {
      await worker.stop()
    }
  })
})
