import * as v from 'valibot'
import { DEFAULTS } from '../defaults.ts'
import type { Duration } from '../engine/saga.ts'
import { TIMER } from './duration.ts'
import { HTTP_TARGET, withEndpointSplit, type HttpTarget } from './http-schema.ts'
import { isEmptyObject } from './json-tree.ts'
import { KAFKA, type KafkaChannelSettings } from './kafka-schema.ts'
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
}

const REST: v.GenericSchema<unknown, RestChannelSettings> = withEndpointSplit(
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
/** Early files of Flow Manager's tutorial have an empty object here (C2). */
const NO_CHANNELS: v.GenericSchema<unknown, readonly ChannelConfiguration[]> = v.pipe(
  v.strictObject({}, A_LIST),
  v.transform(() => []),
)

/** `communicationProtocols` (C2.2, C2.3). */
export const CHANNELS: v.GenericSchema<unknown, readonly ChannelConfiguration[]> = v.lazy((input) =>
  isEmptyObject(input) ? NO_CHANNELS : CHANNEL_LIST,
)
