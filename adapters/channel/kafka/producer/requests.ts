import type { Message, Producer, TopicMessages } from './driver.ts'

/** A message and where it goes. */
export interface Addressed {
  readonly topics: readonly string[]
  readonly message: Message
}

/** One request of them all, in their order. */
export function byTopic(group: readonly Addressed[]): TopicMessages[] {
  const topics = new Map<string, Message[]>()
  for (const { topics: names, message } of group) {
    for (const topic of names) {
      const messages = topics.get(topic)
      if (messages === undefined) topics.set(topic, [message])
      else messages.push(message)
    }
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}

/** Those that go to the same partitions, each part in their order. */
export function partsOf<Each extends Addressed>(group: readonly Each[], producer: Producer): readonly Each[][] {
  const placeOf = ({ topics, message: { key } }: Each) => topics.map((topic) => producer.placeOf(topic, key)).join()
  return [...Map.groupBy(group, placeOf).values()]
}

/** At most: three bytes of UTF-8 a unit would be too careful for JSON, whose texts are mostly ASCII. */
export function sizeOf({ key, value, headers }: Message): number {
  let bytes = 100 + lengthOf(key) + lengthOf(value)
  for (const [name, header] of Object.entries(headers)) {
    bytes += name.length + (Array.isArray(header) ? header : [header]).reduce((sum, one) => sum + lengthOf(one), 0)
  }
  return bytes
}

function lengthOf(text: string | Buffer | null): number {
  return text === null ? 0 : Buffer.byteLength(text)
}
