import * as v from 'valibot'
import { DEFAULTS } from '../defaults.ts'
import type { Duration, ParkingBounds } from '../engine/saga.ts'
import type { HookDefinition } from '../machine/definition.ts'
import { GRACE, PERIOD } from './duration.ts'
import { HOOK } from './hook-schema.ts'
import { FLAG, noArray, notYet, object, TEXT } from './schema-parts.ts'

/** C2.5. `throwOnUnexpectedEvents` is part of `unexpectedEvents`. */
export interface Settings {
  /** Merge nested objects of the metadata instead of replacing them. */
  readonly deepMergeMetadata: boolean
  /** Customizer of the deep merge; absent where there is none, or no deep merge. */
  readonly mergeHook?: HookDefinition | undefined
  readonly unexpectedEvents: UnexpectedEvents
  /** Bounds of the parked events of one saga (P10). */
  readonly parking?: ParkingBounds | undefined
  /** Numbers that a double cannot hold exactly. */
  readonly inexactNumbers: InexactNumbersPolicy
  /** Longest time after trouble that the events of timers wait for the sources (P18); absent: the default. */
  readonly timerGrace?: Duration | undefined
  /** How long a final saga is kept; absent: for ever. */
  readonly retention?: Duration | undefined
  /** States that the machine has under other names now, by their former names (P11). */
  readonly movedStates?: Readonly<Record<string, string>> | undefined
}

/** How numbers that a double cannot hold are treated. */
export type InexactNumbersPolicy = 'accept' | 'refuse'
/** How events without a transition are answered (C4.3). */
export type UnexpectedEvents = 'ignore' | 'reject' | 'park'

const DEEP_MERGE = noArray(
  object({
    enabled: v.optional(FLAG, false),
    hook: v.optional(HOOK),
  }),
)

const UNEXPECTED_EVENTS: v.GenericSchema<unknown, UnexpectedEvents> = v.picklist(
  ['ignore', 'reject', 'park'],
  '"ignore", "reject" or "park"',
)

const A_LIMIT = 'a whole number, 1 to 10000'
const LIMIT = v.pipe(v.number(A_LIMIT), v.integer(A_LIMIT), v.minValue(1, A_LIMIT), v.maxValue(10_000, A_LIMIT))
const PARKING = noArray(object({ limit: v.optional(LIMIT, DEFAULTS.parkedEvents), timeToLive: v.optional(PERIOD) }))

/** `referenceProblems` checks the names. */
const MOVED_STATES = noArray(v.record(v.string(), TEXT, 'an object of names of states'), 'an object of names of states')

/** `unknownKeys` reads this setting from the file itself, valid or not. */
const UNKNOWN_KEYS = v.picklist(['report', 'ignore'], '"report" or "ignore"')

const INEXACT_NUMBERS: v.GenericSchema<unknown, InexactNumbersPolicy> = v.picklist(
  ['accept', 'refuse'],
  '"accept" or "refuse"',
)

const TIMERS = noArray(object({ grace: v.optional(GRACE) }))

const RETENTION = noArray(object({ final: v.optional(PERIOD) }))

/** `referenceProblems` checks that `throwOnUnexpectedEvents` and `unexpectedEvents` agree. */
export const SETTINGS: v.GenericSchema<unknown, Settings> = v.pipe(
  noArray(
    object({
      deepMergeMetadata: v.optional(DEEP_MERGE, {}),
      throwOnUnexpectedEvents: v.optional(FLAG, false),
      unexpectedEvents: v.optional(UNEXPECTED_EVENTS),
      inexactNumbers: v.optional(INEXACT_NUMBERS, 'accept'),
      parking: v.optional(PARKING),
      timers: v.optional(TIMERS, {}),
      retention: v.optional(RETENTION, {}),
      movedStates: v.optional(MOVED_STATES),
      signing: notYet('signing', 'signatures'),
      unknownKeys: v.optional(UNKNOWN_KEYS),
    }),
  ),
  v.transform(({ deepMergeMetadata, throwOnUnexpectedEvents, unexpectedEvents, parking, ...settings }) => ({
    deepMergeMetadata: deepMergeMetadata.enabled,
    mergeHook: deepMergeMetadata.enabled ? deepMergeMetadata.hook : undefined,
    unexpectedEvents: unexpectedEvents ?? (throwOnUnexpectedEvents ? 'reject' : 'ignore'),
    parking: parking && { limit: parking.limit, timeToLive: parking.timeToLive ?? DEFAULTS.parkedFor },
    inexactNumbers: settings.inexactNumbers,
    timerGrace: settings.timers.grace,
    retention: settings.retention.final,
    movedStates: settings.movedStates,
  })),
)
