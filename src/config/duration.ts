import * as v from 'valibot'
import type { Duration } from '../engine/saga.ts'
import { milliseconds } from '../machine/duration.ts'

/** Timers of the hosts hold 31 bits of milliseconds; a longer wait would end at once. */
export const LONGEST_TIMER: Duration = 2 ** 31 - 1

const EXPECTED = 'an ISO 8601 duration above zero, at most 24 days, such as "PT10S"'

/** ISO 8601 text → milliseconds. */
export const TIMER: v.GenericSchema<unknown, Duration> = v.pipe(
  v.string(EXPECTED),
  v.check((text) => isTimer(milliseconds(text)), EXPECTED),
  v.transform((text) => milliseconds(text) ?? 0),
)

const PERIOD_EXPECTED = 'an ISO 8601 duration above zero, such as "P30D"'

/** ISO 8601 text → milliseconds, without the limit of a timer. */
export const PERIOD: v.GenericSchema<unknown, Duration> = v.pipe(
  v.string(PERIOD_EXPECTED),
  v.check((text) => (milliseconds(text) ?? 0) > 0, PERIOD_EXPECTED),
  v.transform((text) => milliseconds(text) ?? 0),
)

function isTimer(wait: Duration | undefined): boolean {
  return wait !== undefined && wait > 0 && wait <= LONGEST_TIMER
}
