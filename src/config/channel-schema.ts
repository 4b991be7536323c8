import * as v from 'valibot'
import { DEFAULTS } from '../defaults.ts'
import type { Duration } from '../engine/saga.ts'
import { TIMER } from './duration.ts'
import { HTTP_TARGET, withEndpointSplit, type HttpTarget } from './http-schema.ts'
import { isEmptyObject } from './json-tree.ts'
import { KAFKA, type KafkaChannelSettings } from './kafka-schema.ts'
import { CONCURRENCY, hasOneKey, ONE_KEY, RATE } from './limit-schema.ts'
import type { LimitSettings } from './limit-schema.ts'
import { noArray, notYet, object, TEXT } from './schema-parts.ts'

/** One channel of `communicationProtocols`, its secrets resolved. */
export type ChannelConfiguration =
  | { readonly id: string; readonly type: 'rest'; readonly configurations: RestChannelSettings }
  | {
      readonly id: string
      readonly type: 'kafka'
      readonly configurations: KafkaChannelSettings
      /** A line for each malformed broker of the file; `configurations` has the others. */
      readonly unusableBrokers?: readonly string[] | undefined
    }

/** C2.3, C2.5a. */
export interface RestChannelSettings extends HttpTarget {
  /** Longest wait for an answer. */
  readonly timeout: Duration
  /** `rate` and `concurrency`; absent where there is neither. */
  readonly limits?: LimitSettings | undefined
  readonly retry?: ChannelRetry | undefined
}

/** How often a command of a REST channel is sent (C2.5b). */
export interface ChannelRetry {
  /** Answers other than success after which a command is a dead letter; 1: one send. Absent: never. */
  readonly attempts?: number | undefined
}

const A_COUNT = 'a number of attempts, a whole number above zero'
const ATTEMPTS: v.GenericSchema<unknown, number> = v.pipe(
  v.number(A_COUNT),
  v.safeInteger(A_COUNT),
  v.minValue(1, A_COUNT),
)

const WAITS = 'waits and limits of retries'
const RETRY: v.GenericSchema<unknown, ChannelRetry> = noArray(
  object({
    attempts: v.optional(ATTEMPTS),
    firstWait: notYet('firstWait', WAITS),
    longestWait: notYet('longestWait', WAITS),
    giveUpAfter: notYet('giveUpAfter', WAITS),
  }),
)

const REST: v.GenericSchema<unknown, RestChannelSettings> = withEndpointSplit(
  v.pipe(
    noArray(
      object({
        ...HTTP_TARGET,
        timeout: v.optional(TIMER),
        retry: v.optional(RETRY),
        rate: v.optional(RATE),
        concurrency: v.optional(CONCURRENCY),
        signing: notYet('signing', 'signatures'),
      }),
    ),
    v.forward(
      v.check((settings) => hasOneKey(settings), ONE_KEY),
      ['concurrency'],
    ),
    v.transform(({ rate, concurrency, ...settings }) => {
      const ours = { retry: settings.retry, ssl: settings.ssl, rate, concurrency }
      const limits = rate === undefined && concurrency === undefined ? {} : { limits: { rate, concurrency } }
      return { ...settings, ...limits, timeout: settings.timeout ?? timeoutOf(ours) }
    }),
  ),
)

/** The reference neither times out nor repeats: a channel with none of our keys comes from there, and is given time (C2.5b). */
function timeoutOf(ours: Readonly<Record<'retry' | 'ssl' | 'rate' | 'concurrency', unknown>>): Duration {
  return Object.values(ours).every((value) => value === undefined) ? DEFAULTS.unconfiguredAnswer : DEFAULTS.answer
}

const CHANNEL = noArray(
  v.variant(
    'type',
    [
      object({ id: TEXT, type: v.literal('rest'), configurations: REST }),
      object({ id: TEXT, type: v.literal('kafka'), configurations: KAFKA }),
    ],
    (issue) => (issue.path === undefined ? 'an object' : '"rest" or "kafka"'),
  ),
)
const A_LIST = 'an array of channels'
const CHANNEL_LIST: v.GenericSchema<unknown, readonly ChannelConfiguration[]> = v.array(CHANNEL, A_LIST)
/** Early files of Flow Manager's tutorial have an empty object here (C2). */
const NO_CHANNELS: v.GenericSchema<unknown, readonly ChannelConfiguration[]> = v.pipe(
  v.strictObject({}, A_LIST),
  v.transform(() => []),
)

/** `communicationProtocols` (C2.2, C2.3). */
export const CHANNELS: v.GenericSchema<unknown, readonly ChannelConfiguration[]> = v.lazy((input) =>
  isEmptyObject(input) ? NO_CHANNELS : CHANNEL_LIST,
)
