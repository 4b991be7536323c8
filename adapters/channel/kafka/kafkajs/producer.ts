import type { Bytes, Producer, TopicMessages } from '../driver.ts'
import { driverFailure } from './failure.ts'
import { partitioner } from './partitioner.ts'
import type { Partitioner } from './partitioner.ts'
import { METADATA_AGE, REQUEST_TIMEOUT, RETRIES } from './tuning.ts'
import type { KafkajsClient } from './tuning.ts'

/** The number of partitions of each topic at the last send to it. All producers of a driver share it. */
export type PartitionCounts = Map<string, number>

/** A connected idempotent producer. One send at a time. */
export async function openProducer({ kafka, sockets }: KafkajsClient, counts: PartitionCounts): Promise<Producer> {
  const expected = new Set<string>()
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: () => recording(partitioner(), expected, counts),
    metadataMaxAge: METADATA_AGE,
    retry: { ...RETRIES, retries: 1 },
  })
  try {
    await producer.connect()
  } catch (thrown) {
    sockets.end()
    void producer.disconnect().catch(() => undefined) // a refused login leaves a timer of kafkajs
    throw driverFailure('connect a producer to the Kafka brokers', thrown)
  }
  return {
    async send(messages) {
      expected.clear()
      const topicMessages = messages.map(mutable)
      try {
        const written = await producer.sendBatch({ acks: -1, timeout: REQUEST_TIMEOUT, topicMessages })
        for (const { topicName, partition } of written) expected.delete(`${topicName}/${partition}`)
      } catch (thrown) {
        throw driverFailure('send to the Kafka brokers', thrown)
      }
      if (expected.size > 0) {
        const unanswered = new Error(`no answer for ${[...expected].join(', ')}`)
        throw driverFailure('send to the Kafka brokers', unanswered)
      }
    },
    partitionOf: (topic, key) => partitionOf(topic, key, counts.get(topic)),
    close: () => producer.disconnect().finally(() => sockets.end()),
  }
}

/**
 * Records the partition of each message. When a leader moves during kafkajs's second try, kafkajs may forget a partition and report
 * success: a send counts only when the answer names all its partitions.
 */
function recording(inner: Partitioner, expected: Set<string>, counts: PartitionCounts): Partitioner {
  return (given) => {
    const partition = inner(given)
    counts.set(given.topic, given.partitionMetadata.length)
    expected.add(`${given.topic}/${partition}`)
    return partition
  }
}

const byKey = partitioner()
const PARTITION = { partitionErrorCode: 0, partitionId: 0, leader: 0, replicas: [], isr: [] }

function partitionOf(topic: string, key: Bytes | null, partitions: number | undefined): string {
  if (key === null || partitions === undefined) return topic
  const partitionMetadata = Array.from({ length: partitions }, () => PARTITION)
  return `${topic}/${byKey({ topic, partitionMetadata, message: { key, value: null } })}`
}

/** kafkajs's types ask for mutable arrays. It does not change them. */
function mutable({ topic, messages }: TopicMessages) {
  return { topic, messages: messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })) }
}
