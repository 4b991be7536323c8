import * as v from 'valibot'
import { DEFAULTS } from '../defaults.ts'
import type { Duration } from '../engine/saga.ts'
import { PERIOD, TIMER } from './duration.ts'
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
  readonly retry?: ChannelRetrySettings | undefined
}

/** How often a command of a REST channel is sent, and when it is given up (C2.5a, C2.5b, P15). */
export interface ChannelRetrySettings {
  /** Answers other than success after which a command is given up; 1: one send. */
  readonly attempts: number
  /** Bounds of the wait before the next send, which grows with the age of the command. */
  readonly firstWait: Duration
  readonly longestWait: Duration
  /** Age at which a command is given up, silence included. */
  readonly giveUpAfter?: Duration | undefined
}

const A_COUNT = 'a number of attempts, a whole number above zero'
const ATTEMPTS: v.GenericSchema<unknown, number> = v.pipe(
  v.number(A_COUNT),
  v.safeInteger(A_COUNT),
  v.minValue(1, A_COUNT),
)

const LATER_THAN_FIRST = 'at least as long as "firstWait"'
/** C2.5a: its presence says that the participant knows the key, and that its statuses mean what HTTP says (P15). */
const RETRY: v.GenericSchema<unknown, ChannelRetrySettings> = v.pipe(
  noArray(
    object({
      attempts: v.optional(ATTEMPTS, DEFAULTS.attempts),
      firstWait: v.optional(TIMER),
      longestWait: v.optional(TIMER),
      giveUpAfter: v.optional(PERIOD),
    }),
  ),
  v.transform(withWaits),
  v.forward(
    v.check(({ firstWait, longestWait }) => firstWait <= longestWait, LATER_THAN_FIRST),
    ['longestWait'],
  ),
)

/** One wait alone moves the default of the other. */
function withWaits<R extends { firstWait?: Duration | undefined; longestWait?: Duration | undefined }>(retry: R) {
  const { retryFirst, retryLongest } = DEFAULTS
  const firstWait = retry.firstWait ?? Math.min(retryFirst, retry.longestWait ?? retryLongest)
  return { ...retry, firstWait, longestWait: retry.longestWait ?? Math.max(retryLongest, firstWait) }
}

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
