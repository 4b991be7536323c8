import { METADATA, partitioner, REQUEST, RETRY } from './client.ts'
import type { Client, Partitioner } from './client.ts'
import type { Bytes, Producer, TopicMessages } from './driver.ts'
import { failure } from './failure.ts'

/** How many partitions each topic had when something was sent to it last; outlives the producers. */
export type Spread = Map<string, number>

/** An idempotent producer, connected. One send at a time. */
export async function openProducer({ kafka, sockets }: Client, spread: Spread): Promise<Producer> {
  const expected = new Set<string>()
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: () => noting(partitioner(), expected, spread),
    metadataMaxAge: METADATA,
    retry: { ...RETRY, retries: 1 },
  })
  try {
    await producer.connect()
  } catch (thrown) {
    sockets.end()
    throw failure('connect a producer to the Kafka brokers', thrown)
  }
  return {
    async send(messages) {
      expected.clear()
      try {
        const written = await producer.sendBatch({ acks: -1, timeout: REQUEST, topicMessages: messages.map(mutable) })
        for (const { topicName, partition } of written) expected.delete(`${topicName}/${partition}`)
      } catch (thrown) {
        throw failure('send to the Kafka brokers', thrown)
      }
      if (expected.size > 0)
        throw failure('send to the Kafka brokers', new Error(`no word of ${[...expected].join(', ')}`))
    },
    placeOf: (topic, key) => placeOf(topic, key, spread.get(topic)),
    close: () => producer.disconnect().finally(() => sockets.end()),
  }
}

/**
 * Notes where messages go. When a leader moves during kafkajs's second try it may forget a partition and call the send a
 * success: only an answer that names the partition is one.
 */
function noting(inner: Partitioner, noted: Set<string>, spread: Spread): Partitioner {
  return (given) => {
    const partition = inner(given)
    spread.set(given.topic, given.partitionMetadata.length)
    noted.add(`${given.topic}/${partition}`)
    return partition
  }
}

const keyed = partitioner()
const PARTITION = { partitionErrorCode: 0, partitionId: 0, leader: 0, replicas: [], isr: [] }

function placeOf(topic: string, key: Bytes | null, partitions: number | undefined): string {
  if (key === null || partitions === undefined) return topic
  const partitionMetadata = Array.from({ length: partitions }, () => PARTITION)
  return `${topic}/${keyed({ topic, partitionMetadata, message: { key, value: null } })}`
}

/** kafkajs's types want arrays that it may change; it does not. */
function mutable({ topic, messages }: TopicMessages) {
  return { topic, messages: messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })) }
}
