import { problemAt, type Problem } from './problem.ts'
import { circles } from './strongly-connected-components.ts'
import { get, objectsIn, type JsonObject } from './json-tree.ts'

interface Reader {
  readonly index: number
  /** Topics, each with the brokers that it is on. */
  readonly topics: readonly string[]
  /** Where what it cannot take is put. */
  readonly letters: string
  readonly written: string
}

/**
 * Kafka channels that read one another's dead letters in a ring: a record that none of them can take would go round for ever, as
 * fast as the brokers allow. Read one after the other, as for a second try, they may be.
 */
export function rings(channels: unknown): readonly Problem[] {
  const readers = objectsIn(channels).flatMap(([index, channel]) => readerOf(index, channel))
  const inRing = ringed(readers)
  return readers
    .filter((reader) => inRing.has(reader))
    .map(({ index, written }) => {
      const path = ['communicationProtocols', index, 'configurations', 'deadLetterTopic']
      return problemAt(
        path,
        written,
        'a topic from which nothing comes back into this channel: the same record would go round for ever',
      )
    })
}

function readerOf(index: number, { type, configurations }: JsonObject): readonly Reader[] {
  const [topics, letters] = [get(configurations, 'inputTopics'), get(configurations, 'deadLetterTopic')]
  if (type !== 'kafka' || !Array.isArray(topics) || typeof letters !== 'string') return []
  const brokers = JSON.stringify(get(configurations, 'brokers'))
  const place = (topic: unknown) => `${brokers} ${JSON.stringify(topic)}`
  return [{ index, topics: topics.map(place), letters: place(letters), written: letters }]
}

/** A record goes from a channel to the topic of its dead letters, and from a topic to all that read it. Of one channel alone the schema says it. */
function ringed(readers: readonly Reader[]): ReadonlySet<Reader> {
  const readersOf = Map.groupBy(
    readers.flatMap((reader) => [...new Set(reader.topics)].map((topic) => ({ topic, reader }))),
    ({ topic }) => topic,
  )
  const next = (node: Reader | string): readonly (Reader | string)[] =>
    typeof node === 'string' ? (readersOf.get(node) ?? []).map(({ reader }) => reader) : [node.letters]
  const groups = circles<Reader | string>(readers, next)
  const channels = groups.map((group) => group.filter((node) => typeof node !== 'string'))
  return new Set(channels.filter(({ length }) => length > 1).flat())
}
