import type { KafkaMessage, Producer, TopicMessages } from '../driver.ts'

/** A message and its topics. */
export interface AddressedMessage {
  readonly topics: readonly string[]
  readonly message: KafkaMessage
}

/** One request for all messages, in their order. */
export function byTopic(group: readonly AddressedMessage[]): TopicMessages[] {
  const topics = new Map<string, KafkaMessage[]>()
  for (const { topics: names, message } of group) {
    for (const topic of names) {
      const messages = topics.get(topic)
      if (messages === undefined) topics.set(topic, [message])
      else messages.push(message)
    }
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}

/** The messages by partition, each part in their order. */
export function partsOf<Each extends AddressedMessage>(group: readonly Each[], producer: Producer): readonly Each[][] {
  const partitionsOf = ({ topics, message: { key } }: Each) =>
    topics.map((topic) => producer.partitionOf(topic, key)).join()
  return [...Map.groupBy(group, partitionsOf).values()]
}

/** Bytes of the message in a request, at most: 100 are for the framing. */
export function sizeOf({ key, value, headers }: KafkaMessage): number {
  let bytes = 100 + lengthOf(key) + lengthOf(value)
  for (const [name, header] of Object.entries(headers)) {
    bytes += name.length + (Array.isArray(header) ? header : [header]).reduce((sum, one) => sum + lengthOf(one), 0)
  }
  return bytes
}

function lengthOf(text: string | Buffer | null): number {
  return text === null ? 0 : Buffer.byteLength(text)
}
