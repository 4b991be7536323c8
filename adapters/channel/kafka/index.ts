import { encodeIdentity } from '../../../src/codec/identity.ts'
import { encodeValue } from '../../../src/codec/message.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Command, HandedOnHeaders } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Channel, ChannelRetry, Sent } from '../../../src/ports/channel.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { HeaderIntake, Source } from '../../../src/ports/source.ts'
import { AdminConnection, missingTopics } from './admin-connection.ts'
import { DeadLetters } from './consumer/dead-letters.ts'
import { KafkaSource } from './consumer/source.ts'
import type { Bytes, KafkaDriver, KafkaMessage } from './driver.ts'
import { failureOf, isOfOneMessage } from './failure.ts'
import { kafkajsDriver } from './kafkajs/client.ts'
import { Batcher } from './producer/batcher.ts'
import { OutputTopics } from './producer/output-topics.ts'
import type { FailedTopic } from './producer/output-topics.ts'
import type { KafkaOptions } from './settings.ts'
import { sleep } from './timing.ts'
import { unusableChannel, unusableSource, whyUnusable } from './unusable-brokers.ts'

/** Commands in flight: those that are sent together are grouped, so two requests may be full. */
const SENDS_AT_ONCE = 1_600
/** A send ends this long before the channel's time-out. */
const SEND_MARGIN = 500
/** Longest wait at start for brokers that do not answer: they may be starting too. */
const START_PATIENCE = 30_000
const RETRY_WAIT = 1_000

/** Sends each command to every output topic of the channel (C3.1). `undefined` where it has none. */
export async function kafkaChannel(options: KafkaOptions, runtime: Runtime): Promise<Channel | undefined> {
  const { id, configurations } = options
  const { outputTopics } = configurations
  if (outputTopics.length === 0) return undefined
  const why = whyUnusable(options)
  if (why !== undefined) return unusableChannel(options, why)
  const { driver, admin } = await connect(options, outputTopics, runtime)
  const output = new OutputTopics(outputTopics, { driver, runtime })
  const timeout = DEFAULTS.answer

  async function send(command: Command): Promise<Sent> {
    const failed = await output.put(command.id, messageOf(command), timeout - SEND_MARGIN)
    return sentOf(failed, output.topics.length)
  }

  const close = async () => void (await Promise.all([output.close(), admin.close()]))
  return { id, timeout, sendsAtOnce: SENDS_AT_ONCE, retry: RETRY, send, probe: () => admin.probe(output.topics), close }
}

/** A command that the broker refuses for its content or size is given up: it would be refused again (P15). */
const RETRY: ChannelRetry = {}

/** A topic without an answer outweighs a topic that refused: it may have taken the command, or may take it later (P15). */
function sentOf(failedTopics: readonly FailedTopic[], topics: number): Sent {
  const unanswered = failedTopics.find(({ failed }) => !isOfOneMessage(failed))
  const worst = unanswered ?? failedTopics[0]
  if (worst === undefined) return DELIVERED
  const { failed } = worst
  if (unanswered === undefined) return refusal(failed)
  if (failedTopics.length === topics) return { kind: 'unreachable', why: failed.message }
  const lacking = failedTopics.map(({ topic }) => `"${topic}"`).join(', ')
  return { kind: 'unreachable', why: `not in ${lacking}, while the other topics have it: ${failed.message}` }
}

const DELIVERED: Sent = { kind: 'delivered' }
/** The broker's refusal as an HTTP status, with its words. */
function refusal({ code, message }: BatutaError): Sent {
  return { kind: 'rejected', status: code === 'message-too-large' ? 413 : 422, retryable: false, answer: message }
}

function messageOf(command: Command): KafkaMessage {
  const headers: Record<string, Bytes> = command.headers === undefined ? {} : bytesOf(command.headers)
  headers['idempotency-key'] = encodeIdentity(command.id)
  if (command.trace !== undefined) headers['traceparent'] = command.trace
  return { key: command.sagaId, value: encodeValue(command), headers }
}

/** The host of a source. */
export interface KafkaSourceContext {
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Absent: no headers are handed on (C3.6). */
  readonly headers?: HeaderIntake | undefined
}

/** Handed-on headers as record headers: a character is a byte (C3.6). */
function bytesOf(headers: HandedOnHeaders): Record<string, Bytes> {
  const bytes: Record<string, Bytes> = {}
  for (const [name, value] of Object.entries(headers)) bytes[name] = Buffer.from(value, 'latin1')
  return bytes
}

/** Reads events from the input topics of the channel (C3.3). `undefined` where it has none. */
export async function kafkaSource(options: KafkaOptions, context: KafkaSourceContext): Promise<Source | undefined> {
  const { id, configurations } = options
  const { runtime } = context
  const { inputTopics, consumerGroup, deadLetterTopic } = configurations
  if (inputTopics.length === 0 || consumerGroup === undefined) return undefined
  const why = whyUnusable(options)
  if (why !== undefined) return unusableSource(options, why)
  const topics = deadLetterTopic === undefined ? inputTopics : [...inputTopics, deadLetterTopic]
  const { driver, admin } = await connect(options, topics, runtime)
  const cluster = await admin.ask((one) => one.clusterId())
  const batcher = new Batcher(driver, runtime)
  const deadLetters = deadLetterTopic === undefined ? undefined : new DeadLetters(deadLetterTopic, batcher, runtime)
  const settings = { ...configurations, consumerGroup }
  const onClosed = async () => void (await Promise.all([batcher.close(), admin.close()]))
  return new KafkaSource({ id, settings, cluster, driver, admin, deadLetters, ...context, onClosed })
}

interface Connected {
  readonly driver: KafkaDriver
  readonly admin: AdminConnection
}

/** Waits until the brokers answer and have these topics. Rejects with a `BatutaError` where they lack one, or after `START_PATIENCE`. */
async function connect(options: KafkaOptions, topics: readonly string[], runtime: Runtime): Promise<Connected> {
  const { id, configurations, unusableBrokers = [] } = options
  const driver = kafkajsDriver(configurations, `batuta-${id}`, runtime.log)
  const admin = new AdminConnection(id, driver, runtime)
  const leftOut = unusableBrokers.map((one) => `; ${one}`).join('')
  const deadline = runtime.monotonic() + START_PATIENCE
  const reported = new Set<string>() // several reasons alternate, since the brokers are asked in turn
  for (;;) {
    try {
      await expectTopics(admin, topics)
      return { driver, admin }
    } catch (thrown) {
      const failed = failureOf('connect', thrown)
      if (!failed.retryable || runtime.monotonic() > deadline)
        throw new BatutaError(failed.code, `open the Kafka channel "${id}": ${failed.message}${leftOut}`, thrown)
      const why = failed.message + leftOut
      runtime.log.write('kafka.brokers-away', { channel: id, why }, reported.has(why) ? 'debug' : undefined)
      reported.add(why)
      await sleep(runtime, RETRY_WAIT)
    }
  }
}

async function expectTopics(admin: AdminConnection, topics: readonly string[]): Promise<void> {
  const missing = missingTopics(await admin.ask((one) => one.partitions(topics)), topics)
  if (missing === undefined) return
  await admin.close()
  throw new BatutaError('topic-missing', `${missing}; expected it to be there`)
}
