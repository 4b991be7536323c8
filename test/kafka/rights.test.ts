import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBroker } from '../../testing/broker/broker.ts'
import type { Broker } from '../../testing/broker/broker.ts'
import { CONFIRMS } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { describeKafka } from '../services/kafka.ts'
import { Topics } from '../services/topics.ts'
import { makeBed, workerOf } from './support/bed.ts'
import type { Bed } from './support/bed.ts'
import { Peer } from './support/peer.ts'
import { askOf, create, reached } from './support/saga.ts'

const { ALL, DESCRIBE, READ, WRITE } = AclOperationTypes
type Right = readonly [operation: AclOperationTypes, type: AclResourceTypes, name: string]

/** What a user of the service must be allowed, and no more. */
function needed({ events, commands, group }: Bed): Right[] {
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

  async function bedOf(rights: (bed: Bed) => readonly Right[]): Promise<Bed> {
    const authenticationProperties = { sasl: { mechanism: 'scram-sha-256', ...broker.user } }
    const settings = { brokers: [broker.addresses.sasl], authenticationProperties }
    const bed = await makeBed({ create: (name, partitions) => topics.create(name, partitions), settings })
    if (rights(bed).length > 0) await allow(rights(bed))
    return bed
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

  async function refusal(bed: Bed): Promise<string> {
    const worker = await workerOf(bed)
    try {
      expect(await worker.launch(), worker.stderr).toMatchObject({ code: 1 })
      return worker.stderr
    } finally {
      await worker.stop()
    }
  }

  test.concurrent('C2.2 the rights to read events and group and to write commands are enough', async () => {
    const bed = await bedOf(needed)
    const answers = { script: CONFIRMS, to: bed.events }
    const peer = await Peer.join({ address: broker.addresses.plaintext, hears: [bed.commands], answers })
    const worker = await workerOf(bed)
    try {
      await worker.start()
      await reached(askOf(worker), await create(askOf(worker)), 'reservationConfirmed')
    } finally {
      await Promise.all([peer.close(), worker.stop()])
    }
  })

  test.concurrent('C1.2 C2.2 no rights at all: the topics may not be seen', async () => {
    const bed = await bedOf(() => [])
    const said = await refusal(bed)
    expect(said).toMatch(/batuta could not start: open the Kafka channel "kafkaChannel": .*may not be seen/)
    expect(said).toMatch(new RegExp(`"${bed.events}"|"${bed.commands}"`))
  })

  test.concurrent('C1.2 the right to describe events, not to read them: the process ends with the reason', async () => {
    const bed = await bedOf((one) => [[DESCRIBE, AclResourceTypes.TOPIC, one.events], ...needed(one).slice(1)])
    const worker = await workerOf(bed)
    try {
      await worker.start()
      const said = /batuta could not go on: .*not authorized.*topic/i
      await eventually(() => (said.test(worker.stderr) ? true : undefined)) // what it wrote last may be read after its end
      await eventually(() => (worker.group.length === 0 ? true : undefined))
    } finally {
      await worker.stop()
    }
  })

  test.concurrent('C7 the right to describe commands, not to write them: they stay in the outbox, and are sent once it is granted', async () => {
    const bed = await bedOf((one) => {
      const [read, , group] = needed(one) as [Right, Right, Right]
      return [read, group, [DESCRIBE, AclResourceTypes.TOPIC, one.commands]]
    })
    const worker = await workerOf(bed)
    try {
      await worker.start()
      const id = await create(askOf(worker))
      await eventually(() => (worker.stdout.includes('commands do not arrive') ? true : undefined))
      await allow([[ALL, AclResourceTypes.TOPIC, bed.commands]])
      await eventually(async () => (await topics.readAll(bed.commands)).find(({ key }) => key === id))
    } finally {
      await worker.stop()
    }
  })
})
