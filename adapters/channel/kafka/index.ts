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
import { Contact } from './contact.ts'
import { DeadLetters } from './dead-letters.ts'
import type { Driver, Message } from './driver.ts'
import { failure, isOfOneMessage } from './failure.ts'
import { hopelessChannel, hopelessSource, whyHopeless } from './hopeless.ts'
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
  const batcher = new Batcher(driver, runtime)
  const timeout = DEFAULTS.answer

  async function send(command: Command): Promise<Sent> {
    try {
      await batcher.put(topics, messageOf(command), timeout - 500) // its own end comes before the channel's
      return DELIVERED
    } catch (thrown) {
      const failed = failure(`send to ${topics.join(', ')}`, thrown)
      if (isOfOneMessage(failed)) return failed.code === 'message-too-large' ? TOO_LARGE : REFUSED
      return { kind: 'unreachable', why: failed.message }
    }
  }

  const close = async () => void (await Promise.all([batcher.close(), contact.close()]))
  return { id, timeout, sendsAtOnce: SENDS_AT_ONCE, send, probe: () => contact.probe(), close }
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
  for (;;) {
    try {
      const found = await contact.ask((admin) => admin.partitions(topics))
      const missing = topics.filter((topic) => !found.has(topic)).map((topic) => `"${topic}"`)
      if (missing.length === 0) return { driver, contact }
      await contact.close()
      const what = missing.length === 1 ? `the topic ${missing[0]} does` : `the topics ${missing.join(', ')} do`
      throw new BatutaError('topic-missing', `${what} not exist, or may not be seen; expected it to be there`)
    } catch (thrown) {
      const failed = failure('connect', thrown)
      if (!failed.retryable || runtime.monotonic() > deadline)
        throw new BatutaError(failed.code, `open the Kafka channel "${id}": ${failed.message}${others}`, thrown)
      runtime.log.warn('the Kafka brokers do not answer; they are asked again', {
        channel: id,
        why: failed.message + others,
      })
      await new Promise<void>((resolve) => runtime.after(1_000, resolve))
    }
  }
}
