import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { EVENTS, GROUP } from './plan.ts'

/** A foreign member of Batuta's group: it reads its share of the events for a while, and commits them. */
export async function visit(broker: string, stay: number): Promise<number> {
  const kafka = new Kafka({ brokers: [broker], clientId: 'foreign', logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: GROUP, sessionTimeout: 6_000, heartbeatInterval: 500 })
  let taken = 0
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.connect()
  await consumer.subscribe({ topic: EVENTS, fromBeginning: true })
  await consumer.run({ autoCommitThreshold: 1, eachMessage: async () => void taken++ })
  await joined
  await sleep(stay)
  await consumer.disconnect()
  return taken
}
