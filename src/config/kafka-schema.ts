import * as v from 'valibot'
import { DEFAULTS } from '../defaults.ts'
import type { Duration } from '../engine/saga.ts'
import { splitBrokers } from './broker-list.ts'
import { SASL, type KafkaSasl } from './sasl-schema.ts'
import { FLAG, noArray, object, SECRET, TEXT } from './schema-parts.ts'
import { Secret } from './secret.ts'
import { tls } from './tls-schema.ts'
import type { TlsSettings } from './tls-schema.ts'

/** C2.2, C2.5a. Authentication has the shape of KafkaJS. */
export interface KafkaChannelSettings {
  /** Well-formed brokers. They are secrets because they may come by reference; `GET /configuration` shows those of the file. */
  readonly brokers: readonly Secret[]
  readonly inputTopics: readonly string[]
  readonly outputTopics: readonly string[]
  /** Required with input topics. */
  readonly consumerGroup?: string | undefined
  readonly authenticationProperties: KafkaAuthentication
  readonly deadLetterTopic?: string | undefined
  readonly fromBeginning: boolean
  readonly sessionTimeout: Duration
}

/** SASL credentials of a Kafka channel. */
export interface KafkaAuthentication {
  readonly ssl?: boolean | TlsSettings | undefined
  readonly sasl?: KafkaSasl | undefined
}

const BROKERS_EXPECTED =
  'an array of brokers, one comma-separated string or a secret reference, with one broker at least'
const BROKER_LIST = v.pipe(
  v.array(v.string('a broker, such as "kafka:9092"'), BROKERS_EXPECTED),
  v.transform((texts) => texts.flatMap(secretBrokers)),
)
const BROKER_TEXT = v.pipe(
  SECRET,
  v.transform((secret) => secretBrokers(secret.reveal())),
)
const NO_BROKERS: v.GenericSchema<unknown, never> = v.never(BROKERS_EXPECTED)

const BROKERS: v.GenericSchema<unknown, readonly Secret[]> = v.pipe(
  v.lazy((input): v.GenericSchema<unknown, readonly Secret[]> => {
    if (Array.isArray(input)) return BROKER_LIST
    return typeof input === 'string' || (typeof input === 'object' && input !== null) ? BROKER_TEXT : NO_BROKERS
  }),
  v.check((brokers) => brokers.length > 0, BROKERS_EXPECTED),
)

const TOPICS: v.GenericSchema<unknown, readonly string[]> = v.array(TEXT, 'an array of topics')

const AUTHENTICATION: v.GenericSchema<unknown, KafkaAuthentication> = noArray(
  object({
    ssl: v.optional(
      v.lazy((input): v.GenericSchema<unknown, boolean | TlsSettings> =>
        typeof input === 'boolean' ? FLAG : TLS_OPTIONS,
      ),
    ),
    sasl: v.optional(SASL),
  }),
)
const TLS_OPTIONS = tls('true, false or an object of TLS options')

const A_WAIT = 'milliseconds, a whole number above zero'
const WAIT: v.GenericSchema<unknown, Duration> = v.pipe(v.number(A_WAIT), v.integer(A_WAIT), v.minValue(1, A_WAIT))

/** `configurations` of a Kafka channel (C2.2, C2.5a). */
export const KAFKA: v.GenericSchema<unknown, KafkaChannelSettings> = v.pipe(
  noArray(
    object({
      brokers: BROKERS,
      inputTopics: v.optional(TOPICS, []),
      outputTopics: v.optional(TOPICS, []),
      consumerGroup: v.optional(TEXT),
      authenticationProperties: v.optional(AUTHENTICATION, {}),
      deadLetterTopic: v.optional(TEXT),
      fromBeginning: v.optional(FLAG, true),
      sessionTimeout: v.optional(WAIT, DEFAULTS.kafkaSession),
    }),
  ),
  v.partialCheck(
    [['inputTopics'], ['outputTopics']],
    ({ inputTopics, outputTopics }) => inputTopics.length + outputTopics.length > 0,
    '"inputTopics", "outputTopics" or both, with one topic at least',
  ),
  v.forward(
    v.partialCheck(
      [['inputTopics'], ['consumerGroup']],
      ({ inputTopics, consumerGroup }) => inputTopics.length === 0 || consumerGroup !== undefined,
      'the name of a consumer group, since there are input topics',
    ),
    ['consumerGroup'],
  ),
  v.forward(
    v.partialCheck(
      [['inputTopics'], ['deadLetterTopic']],
      ({ inputTopics, deadLetterTopic }) => deadLetterTopic === undefined || !inputTopics.includes(deadLetterTopic),
      'a topic that is not one of the "inputTopics", since its records would come in again',
    ),
    ['deadLetterTopic'],
  ),
)

function secretBrokers(brokers: string): Secret[] {
  return splitBrokers(brokers).map((address) => new Secret(address))
}
