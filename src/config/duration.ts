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

/** A century: instants beyond some 270,000 years cannot be written as dates. */
const LONGEST_STAY: Duration = 36_525 * 86_400_000
const STAY_EXPECTED =
  'an ISO 8601 duration of weeks, days, hours, minutes and seconds, above zero, at most a century, such as "PT15M"'

/** ISO 8601 text of the time in a state, kept as it is. */
export const STAY: v.GenericSchema<unknown, string> = v.pipe(
  v.string(STAY_EXPECTED),
  v.check((text) => {
    const stay = milliseconds(text)
    return stay !== undefined && stay > 0 && stay <= LONGEST_STAY
  }, STAY_EXPECTED),
)

const GRACE_EXPECTED = 'an ISO 8601 duration of at most 24 days, such as "PT5M", or "PT0S" for none'

/** ISO 8601 text → milliseconds; zero is allowed. */
export const GRACE: v.GenericSchema<unknown, Duration> = v.pipe(
  v.string(GRACE_EXPECTED),
  v.check((text) => (milliseconds(text) ?? Infinity) <= LONGEST_TIMER, GRACE_EXPECTED),
  v.transform((text) => milliseconds(text) ?? 0),
)
