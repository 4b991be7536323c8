import type { KafkaMessage } from 'kafkajs'
import { openPipe } from './pipe.ts'

/** The Kafka library alone, without decisions and storage: consume, parse, produce, commit. */
const CHUNK = 800 // as the adapter's own groups

const { pipe, consumer, producer } = await openPipe()
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: 16,
  async eachBatch(payload) {
    const { batch } = payload
    const { topic, partition, messages } = batch
    for (let at = 0; at < messages.length; at += CHUNK) {
      const commands = messages.slice(at, at + CHUNK).map(commandOf)
      await producer.sendBatch({ acks: -1, topicMessages: [{ topic: pipe.commands, messages: commands }] })
      await payload.heartbeat()
    }
    payload.resolveOffset(batch.lastOffset())
    const offset = String(BigInt(batch.lastOffset()) + 1n)
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] })
  },
})

/** A command of the service's size: the same key, a header, the payload. */
function commandOf({ key, value, offset }: KafkaMessage) {
  const { messagePayload } = JSON.parse(String(value)) as { messagePayload: unknown }
  const command = JSON.stringify({ messageLabel: 'goOn', messagePayload })
  return { key, value: command, headers: { 'idempotency-key': `${String(key)}/${offset}/0` } }
}
