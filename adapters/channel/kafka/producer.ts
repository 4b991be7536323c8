import { METADATA, partitioner, REQUEST, RETRY } from './client.ts'
import type { Client, Partitioner } from './client.ts'
import type { Producer, TopicMessages } from './driver.ts'
import { failure } from './failure.ts'

/** An idempotent producer, connected. One send at a time. */
export async function openProducer({ kafka, sockets }: Client): Promise<Producer> {
  const expected = new Set<string>()
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: () => noting(partitioner(), expected),
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
    close: () => producer.disconnect().finally(() => sockets.end()),
  }
}

/**
 * Notes where messages go. When a leader moves during kafkajs's second try it may forget a partition and call the send a
 * success: only an answer that names the partition is one.
 */
function noting(inner: Partitioner, noted: Set<string>): Partitioner {
  return (given) => {
    const partition = inner(given)
    noted.add(`${given.topic}/${partition}`)
    return partition
  }
}

/** kafkajs's types want arrays that it may change; it does not. */
function mutable({ topic, messages }: TopicMessages) {
  return { topic, messages: messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })) }
}
