import { encodeIdentity } from '../../../src/codec/identity.ts'
import { encodeValue } from '../../../src/codec/message.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Command } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Channel, Sent } from '../../../src/ports/channel.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Source } from '../../../src/ports/source.ts'
import { Batcher } from './batcher.ts'
import { kafkaDriver } from './connect.ts'
import { Contact, missingIn } from './contact.ts'
import { DeadLetters } from './dead-letters.ts'
import type { Driver, Message } from './driver.ts'
import { failure, isOfOneMessage } from './failure.ts'
import { hopelessChannel, hopelessSource, whyHopeless } from './hopeless.ts'
import { Outlets } from './outlets.ts'
import type { Missed } from './outlets.ts'
import type { KafkaOptions } from './settings.ts'
import { KafkaSource } from './source.ts'

/** Commands that are under way at once: what is sent together is grouped, so two requests may be full. */
const SENDS_AT_ONCE = 1_600
/** How long a broker is waited for that does not answer when the service starts: it may be starting too. */
const PATIENCE = 30_000

/** Commands to every output topic of the channel (C3.1). Nothing where it has none. */
export async function kafkaChannel(options: KafkaOptions, runtime: Runtime): Promise<Channel | undefined> {
  const { id, configurations } = options
  const { outputTopics: topics } = configurations
  if (topics.length === 0) return undefined
  const why = whyHopeless(options)
  if (why !== undefined) return hopelessChannel(options, why)
  const { driver, contact } = await reach(options, topics, runtime)
  const outlets = new Outlets(topics, driver, runtime)
  const timeout = DEFAULTS.answer

  async function send(command: Command): Promise<Sent> {
    const missed = await outlets.put(command.id, messageOf(command), timeout - 500) // its own end comes before the channel's
    return sentOf(missed, outlets.topics.length)
  }

  const close = async () => void (await Promise.all([outlets.close(), contact.close()]))
  return { id, timeout, sendsAtOnce: SENDS_AT_ONCE, send, probe: () => contact.probe(outlets.topics), close }
}

/** Silence outweighs an answer: a topic that has not refused the command may take it yet (P15). */
function sentOf(missed: readonly Missed[], topics: number): Sent {
  const silent = missed.find(({ failed }) => !isOfOneMessage(failed))
  const worst = silent ?? missed[0]
  if (worst === undefined) return DELIVERED
  const { failed } = worst
  if (silent === undefined) return failed.code === 'message-too-large' ? TOO_LARGE : REFUSED
  if (missed.length === topics) return { kind: 'unreachable', why: failed.message }
  const lacking = missed.map(({ topic }) => `"${topic}"`).join(', ')
  return { kind: 'unreachable', why: `not in ${lacking}, while the other topics have it: ${failed.message}` }
}

const DELIVERED: Sent = { kind: 'delivered' }
/** The broker's answers in the words of HTTP: it will never be taken as it is. */
const TOO_LARGE: Sent = { kind: 'rejected', status: 413, retryable: false }
const REFUSED: Sent = { kind: 'rejected', status: 422, retryable: false }

function messageOf(command: Command): Message {
  const headers: Record<string, string> = { 'idempotency-key': encodeIdentity(command.id) }
  if (command.trace !== undefined) headers['traceparent'] = command.trace
  return { key: command.sagaId, value: encodeValue(command), headers }
}

/** Events from the input topics of the channel (C3.3). Nothing where it has none. */
export async function kafkaSource(
  options: KafkaOptions,
  { runtime, metrics }: { readonly runtime: Runtime; readonly metrics: Metrics },
): Promise<Source | undefined> {
  const { id, configurations } = options
  const { inputTopics, consumerGroup, deadLetterTopic } = configurations
  if (inputTopics.length === 0 || consumerGroup === undefined) return undefined
  const why = whyHopeless(options)
  if (why !== undefined) return hopelessSource(options, why)
  const topics = deadLetterTopic === undefined ? inputTopics : [...inputTopics, deadLetterTopic]
  const { driver, contact } = await reach(options, topics, runtime)
  const cluster = await contact.ask((admin) => admin.clusterId())
  const batcher = new Batcher(driver, runtime)
  const deadLetters = deadLetterTopic === undefined ? undefined : new DeadLetters(deadLetterTopic, batcher, runtime)
  const settings = { ...configurations, consumerGroup }
  const onClosed = async () => void (await Promise.all([batcher.close(), contact.close()]))
  return new KafkaSource({ id, settings, cluster, driver, contact, deadLetters, runtime, metrics, onClosed })
}

/** Brokers that answer and have the topics, or the reason why not. */
async function reach(
  { id, configurations, hopeless = [] }: KafkaOptions,
  topics: readonly string[],
  runtime: Runtime,
): Promise<{ driver: Driver; contact: Contact }> {
  const driver = kafkaDriver(configurations, `batuta-${id}`, runtime.log)
  const contact = new Contact(id, driver, runtime)
  const others = hopeless.map((one) => `; ${one}`).join('')
  const deadline = runtime.monotonic() + PATIENCE
  const told = new Set<string>() // brokers that are asked in turn fail for different reasons
  for (;;) {
    try {
      const found = await contact.ask((admin) => admin.partitions(topics))
      const missing = missingIn(found, topics)
      if (missing === undefined) return { driver, contact }
      await contact.close()
      throw new BatutaError('topic-missing', `${missing}; expected it to be there`)
    } catch (thrown) {
      const failed = failure('connect', thrown)
      if (!failed.retryable || runtime.monotonic() > deadline)
        throw new BatutaError(failed.code, `open the Kafka channel "${id}": ${failed.message}${others}`, thrown)
      const why = failed.message + others
      runtime.log[told.has(why) ? 'debug' : 'warn']('the Kafka brokers do not answer; they are asked again', {
        channel: id,
        why,
      })
      told.add(why)
      await new Promise<void>((resolve) => runtime.after(1_000, resolve))
    }
  }
}
