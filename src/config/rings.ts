import { problemAt, type Problem } from './problem.ts'
import { get, objectsIn, type JsonObject } from './tree.ts'

interface Reader {
  readonly index: number
  readonly brokers: string
  readonly topics: readonly unknown[]
  /** Where what it cannot take is put. */
  readonly letters: unknown
}

/**
 * Kafka channels that read one another's dead letters in a ring: a record that none of them can take would go round for ever, as
 * fast as the brokers allow. Read one after the other, as for a second try, they may be.
 */
export function rings(channels: unknown): readonly Problem[] {
  const readers = objectsIn(channels).flatMap(([index, channel]) => readerOf(index, channel))
  return readers
    .filter((reader) => isInRing(reader, readers))
    .map(({ index, letters }) => {
      const path = ['communicationProtocols', index, 'configurations', 'deadLetterTopic']
      return problemAt(
        path,
        letters,
        'a topic from which nothing comes back into this channel: the same record would go round for ever',
      )
    })
}

function readerOf(index: number, { type, configurations }: JsonObject): readonly Reader[] {
  const [topics, letters] = [get(configurations, 'inputTopics'), get(configurations, 'deadLetterTopic')]
  if (type !== 'kafka' || !Array.isArray(topics) || typeof letters !== 'string') return []
  return [{ index, brokers: JSON.stringify(get(configurations, 'brokers')), topics, letters }]
}

/** Of one channel alone the schema says it. */
function isInRing(reader: Reader, readers: readonly Reader[]): boolean {
  const behind = new Set<Reader>()
  const follow = (from: Reader) => {
    for (const next of readers) {
      const isRead = next.brokers === from.brokers && next.topics.includes(from.letters)
      if (!isRead || next === from || behind.has(next)) continue
      behind.add(next)
      follow(next)
    }
  }
  follow(reader)
  return behind.has(reader)
}
