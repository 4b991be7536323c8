/**
 * A participant over Kafka in a process of its own: `node kafka-participant.ts <settings>`. It prints `ready` when it has its partitions,
 * and ends where its consumer crashes for good.
 */
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import type { KafkaMessage } from 'kafkajs'
import { Desk } from './desk.ts'
import type { TakenCommand } from './desk.ts'

/** The only argument, as JSON. */
export interface KafkaParticipantSettings {
  readonly brokers: readonly string[]
  readonly commands: string
  readonly events: string
  readonly group: string
  readonly session: number
  /** Path of the ledger. */
  readonly ledger: string
}

const AGAIN = 200

const settings = JSON.parse(process.argv[2] ?? '') as KafkaParticipantSettings
const kafka = new Kafka({
  brokers: [...settings.brokers],
  clientId: 'participant',
  logLevel: logLevel.WARN, // its log is evidence of a standstill
  retry: { maxRetryTime: 1_000 }, // its own recovery is not the one that is measured
})
// Without idempotence: a send of unknown fate is repeated, and the service must apply its event once (I4).
const producer = kafka.producer()
const consumer = kafka.consumer({
  groupId: settings.group,
  sessionTimeout: settings.session,
  heartbeatInterval: settings.session / 10,
  maxWaitTimeInMs: settings.session / 4, // heartbeats go out between fetches: an idle member would lose its session
})

await insist(() => producer.connect())
const desk = new Desk({
  ledger: settings.ledger,
  transport: 'kafka',
  async tell({ sagaId, key, label }) {
    const value = JSON.stringify({ messageLabel: label, messagePayload: { [label]: true } })
    const messages = [{ key: sagaId, value, headers: { 'idempotency-key': key } }]
    await insist(() => producer.send({ topic: settings.events, acks: -1, messages }))
    return undefined
  },
})
await insist(() => consumer.connect())
consumer.on(consumer.events.GROUP_JOIN, () => void process.stdout.write('ready\n'))
consumer.on(consumer.events.CRASH, ({ payload }) => {
  if (!payload.restart) process.exit(1)
})
await insist(() => consumer.subscribe({ topic: settings.commands, fromBeginning: true }))
// The offset is committed when the command is in the ledger: its events come from there after a kill.
await consumer.run({
  eachMessage: async ({ message }) => {
    const command = readCommand(message)
    const { first, later } = desk.take(command)
    void desk.tell(command, [...first, ...later])
  },
})

async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch {
      await sleep(AGAIN)
    }
  }
}

function readCommand({ key, value, headers = {} }: KafkaMessage): TakenCommand {
  const sagaId = String(key)
  const text = String(value)
  const { messageLabel, messagePayload } = JSON.parse(text) as {
    readonly messageLabel: string
    readonly messagePayload: Readonly<Record<string, unknown>>
  }
  const named = Object.entries(headers).map(([name, content]) => `${name}: ${String(content)}`)
  const bytes = [...named, text].join('\n')
  return { key: String(headers['idempotency-key']), bytes, sagaId, label: messageLabel, n: Number(messagePayload['n']) }
}
