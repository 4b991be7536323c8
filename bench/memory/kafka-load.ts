import kafkajs from 'kafkajs'
import { ServiceClient } from '../../testing/load/service-client.ts'
import { BenchBroker } from '../kafka/bench-broker.ts'
import { MACHINE } from '../kafka/load.ts'
import type { MemoryLoad } from './http-load.ts'
import { atPace } from './pace.ts'

const CONNECTIONS = 64
/** Milliseconds until every command must be in its topic. */
const PATIENCE = 60_000
const BETWEEN = 100
/** Events, and so commands, of one saga. */
const EVENTS = 2

/** Sagas created over HTTP and moved twice over a broker on this machine: two events in and two commands out for each. */
export async function openKafkaLoad(): Promise<MemoryLoad & { readonly configuration: object }> {
  const broker = await BenchBroker.open()
  const [events, commands] = [await broker.createTopic('events'), await broker.createTopic('commands')]
  const kafka = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING })
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  const configurations = {
    brokers: [broker.address],
    inputTopics: [events],
    outputTopics: [commands],
    consumerGroup: 'bench-memory',
  }
  return {
    configuration: {
      machineDefinition: MACHINE,
      communicationProtocols: [{ id: 'kafka', type: 'kafka', configurations }],
      persistencyManagement: {},
    },
    async run(url, pace) {
      const service = new ServiceClient(url, CONNECTIONS)
      await atPace(pace, async (number) => {
        const metadata = { order: number, customer: 'Ada Lovelace' }
        const key = await service.create({ associatedEntityId: `order-${number}`, metadata })
        const value = JSON.stringify({ messageLabel: 'next', messagePayload: metadata })
        await producer.send({ topic: events, messages: Array.from({ length: EVENTS }, () => ({ key, value })) })
      })
      await service.close()
      await drained(broker, commands, EVENTS * pace.rate * pace.seconds)
    },
    async close() {
      await producer.disconnect()
      await broker.close()
    },
  }
}

async function drained(broker: BenchBroker, topic: string, expected: number): Promise<void> {
  const until = performance.now() + PATIENCE
  for (;;) {
    const found = await broker.records(topic)
    if (found >= expected) return
    if (performance.now() > until) throw new Error(`move the sagas: expected ${expected} commands, found ${found}`)
    await new Promise((done) => setTimeout(done, BETWEEN))
  }
}
