import { get, objectsIn, type JsonObject } from './json-tree.ts'
import { mismatchAt, problem, type Problem } from './problem.ts'
import { stronglyConnectedComponents } from '../machine/strongly-connected-components.ts'

/** A Kafka channel with a topic for its dead letters. */
interface DeadLetterChannel {
  readonly index: number
  /** Input topics, each with its brokers. */
  readonly inputs: readonly string[]
  /** Topic of the dead letters, with its brokers. */
  readonly deadLetters: string
  /** Value of `deadLetterTopic` in the file. */
  readonly written: string
}

/**
 * Kafka channels that read one another's dead letters in a cycle. A record that none of them accepts would circulate for ever, as
 * fast as the brokers allow. A chain of such channels is allowed, since it is how a record gets a second attempt.
 */
export function deadLetterCycleProblems(channels: unknown): readonly Problem[] {
  const candidates = objectsIn(channels).flatMap(([index, channel]) => deadLetterChannel(index, channel))
  const cyclic = inCycles(candidates)
  return candidates
    .filter((channel) => cyclic.has(channel))
    .map(({ index, written }) => {
      const path = ['communicationProtocols', index, 'configurations', 'deadLetterTopic']
      const expected = 'a topic whose records do not come back to this channel: they would circulate for ever'
      return problem('dead-letters.cycle', mismatchAt(path, written, expected))
    })
}

function deadLetterChannel(index: number, { type, configurations }: JsonObject): readonly DeadLetterChannel[] {
  const [topics, written] = [get(configurations, 'inputTopics'), get(configurations, 'deadLetterTopic')]
  if (type !== 'kafka' || !Array.isArray(topics) || typeof written !== 'string') return []
  const brokers = JSON.stringify(get(configurations, 'brokers'))
  const withBrokers = (topic: unknown) => `${brokers} ${JSON.stringify(topic)}`
  return [{ index, inputs: topics.map(withBrokers), deadLetters: withBrokers(written), written }]
}

/** Graph: a channel leads to the topic of its dead letters, a topic to its readers. The schema refuses a cycle of one channel. */
function inCycles(channels: readonly DeadLetterChannel[]): ReadonlySet<DeadLetterChannel> {
  const readersByTopic = Map.groupBy(
    channels.flatMap((channel) => [...new Set(channel.inputs)].map((topic) => ({ topic, channel }))),
    ({ topic }) => topic,
  )
  const successorsOf = (node: DeadLetterChannel | string): readonly (DeadLetterChannel | string)[] =>
    typeof node === 'string' ? (readersByTopic.get(node) ?? []).map(({ channel }) => channel) : [node.deadLetters]
  const components = stronglyConnectedComponents<DeadLetterChannel | string>(channels, successorsOf)
  const cycles = components.map((component) => component.filter((node) => typeof node !== 'string'))
  return new Set(cycles.filter(({ length }) => length > 1).flat())
}
