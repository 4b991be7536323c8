import * as v from 'valibot'
import { DEFAULTS } from '../defaults.ts'
import type { Duration } from '../engine/saga.ts'
import { TIMER } from './duration.ts'
import { HTTP_TARGET, targeted, type HttpTarget } from './http-schema.ts'
import { KAFKA, type KafkaChannelSettings } from './kafka-schema.ts'
import { noArray, notYet, object, TEXT } from './schema-parts.ts'
import { isEmptyObject } from './json-tree.ts'

/** One channel of `communicationProtocols`, its secrets resolved. */
export type ChannelConfiguration =
  | { readonly id: string; readonly type: 'rest'; readonly configurations: RestChannelSettings }
  | {
      readonly id: string
      readonly type: 'kafka'
      readonly configurations: KafkaChannelSettings
      /** What is wrong with the brokers of the file that were left out, and where they stand. */
      readonly hopeless?: readonly string[] | undefined
    }

/** C2.3, C2.5a. */
export interface RestChannelSettings extends HttpTarget {
  /** The longest that an answer may take. */
  readonly timeout: Duration
}

const REST: v.GenericSchema<unknown, RestChannelSettings> = targeted(
  noArray(
    object({
      ...HTTP_TARGET,
      timeout: v.optional(TIMER, `PT${DEFAULTS.answer / 1_000}S`),
      retry: notYet('retry', 'retry settings'),
      rate: notYet('rate', 'rate limits'),
      signing: notYet('signing', 'signatures'),
    }),
  ),
)

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
/** In the tutorial's early files it is an empty object (C2). */
const NO_CHANNELS: v.GenericSchema<unknown, readonly ChannelConfiguration[]> = v.pipe(
  v.strictObject({}, A_LIST),
  v.transform(() => []),
)

export const CHANNELS: v.GenericSchema<unknown, readonly ChannelConfiguration[]> = v.lazy((input) =>
  isEmptyObject(input) ? NO_CHANNELS : CHANNEL_LIST,
)
