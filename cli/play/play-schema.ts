import * as v from 'valibot'
import { noArray, object } from '../../src/config/schema-parts.ts'
import { milliseconds } from '../../src/machine/duration.ts'
import type { Duration, Metadata } from '../../src/engine/saga.ts'

const A_PAYLOAD = 'an object'
const A_WEIGHT = 'a number above zero, or { "weight": …, "payload": … }'
const A_SHARE = 'a share of the commands, from 0 to 1'
const A_LATENCY =
  'an ISO 8601 duration, such as "PT0.2S", or an array of the shortest and the longest, ["PT0.1S", "PT2S"]'
const A_COST = 'a number, from 0'
const A_SCRIPT = 'an array of event labels, with one at least: the answers to the first commands of a saga'
const COMMANDS = 'an object of command labels'
const EVENTS = 'an object of event labels with their weights, with one event at least'

/** An event with which a participant answers. */
export interface PlayedEvent {
  /** Above zero; its chance is its part of the sum of all weights. */
  readonly weight: number
  readonly payload: Metadata
}

/** How a participant treats one command. */
export interface PlayedCommand {
  /** Absent: the events of the state, each with the same chance. */
  readonly events?: Readonly<Record<string, PlayedEvent>> | undefined
  /** Bounds of the time between a command and its event. */
  readonly latency: readonly [shortest: Duration, longest: Duration]
  /** Share of the sends that are not accepted. */
  readonly failureRate: number
  /** Share of the accepted commands that get no event. */
  readonly silence: number
  /** Answers to the first commands of this label of a saga, in turn; the weights decide after its end. */
  readonly script?: readonly string[] | undefined
  /** Price of one command, in any unit; `batuta simulate` adds it up. */
  readonly cost: number
}

/** A play file, its durations in milliseconds. */
export interface PlayFile {
  readonly $schema?: string | undefined
  readonly commands: Readonly<Record<string, PlayedCommand>>
}

const WEIGHT: v.GenericSchema<unknown, number> = v.pipe(
  v.number(A_WEIGHT),
  v.finite(A_WEIGHT),
  v.check((weight) => weight > 0, A_WEIGHT),
)

const PAYLOAD: v.GenericSchema<unknown, Metadata> = v.pipe(
  v.record(v.string(), v.unknown(), A_PAYLOAD),
  v.check((payload) => !Array.isArray(payload), A_PAYLOAD),
)

const EVENT: v.GenericSchema<unknown, PlayedEvent> = v.union(
  [
    v.pipe(
      WEIGHT,
      v.transform((weight) => ({ weight, payload: {} })),
    ),
    v.strictObject({ weight: v.optional(WEIGHT, 1), payload: v.optional(PAYLOAD, {}) }, A_WEIGHT),
  ],
  A_WEIGHT,
)

const SHARE: v.GenericSchema<unknown, number> = v.pipe(
  v.number(A_SHARE),
  v.minValue(0, A_SHARE),
  v.maxValue(1, A_SHARE),
)

const WAIT: v.GenericSchema<unknown, Duration> = v.pipe(
  v.string(A_LATENCY),
  v.check((text) => milliseconds(text) !== undefined, A_LATENCY),
  v.transform((text) => milliseconds(text) ?? 0),
)

const LATENCY: v.GenericSchema<unknown, readonly [Duration, Duration]> = v.union(
  [
    v.pipe(
      WAIT,
      v.transform((wait): readonly [Duration, Duration] => [wait, wait]),
    ),
    v.pipe(
      v.strictTuple([WAIT, WAIT], A_LATENCY),
      v.check(([shortest, longest]) => shortest <= longest, A_LATENCY),
    ),
  ],
  A_LATENCY,
)

const COMMAND = object({
  events: v.optional(
    v.pipe(
      noArray(v.record(v.string(), EVENT, EVENTS), EVENTS),
      v.check((events) => Object.keys(events).length > 0, EVENTS),
    ),
  ),
  latency: v.optional(LATENCY, 'PT0S'),
  failureRate: v.optional(SHARE, 0),
  silence: v.optional(SHARE, 0),
  script: v.optional(v.pipe(v.array(v.string(A_SCRIPT), A_SCRIPT), v.minLength(1, A_SCRIPT))),
  cost: v.optional(v.pipe(v.number(A_COST), v.finite(A_COST), v.minValue(0, A_COST)), 0),
})
/** Keys of one command. Unknown ones are reported by `readPlayFile`, with the nearest known key. */
export const COMMAND_KEYS: readonly string[] = Object.keys(COMMAND.entries)

const FILE = object({
  $schema: v.optional(v.string('a string')),
  commands: noArray(v.record(v.string(), noArray(COMMAND), COMMANDS), COMMANDS),
})
/** Keys of the file. */
export const PLAY_FILE_KEYS: readonly string[] = Object.keys(FILE.entries)

/** The shape of a play file. */
export const PLAY_FILE: v.GenericSchema<unknown, PlayFile> = noArray(FILE)
