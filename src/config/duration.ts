import { parse } from 'tinyduration'
import * as v from 'valibot'
import type { Duration } from '../engine/saga.ts'

/** No months and years, which have no fixed length. `tinyduration` would accept a duration anywhere in a text. */
const FIXED_LENGTH =
  /^P(?:[\d.,]{1,15}W)?(?:[\d.,]{1,15}D)?(?:T(?:[\d.,]{1,15}H)?(?:[\d.,]{1,15}M)?(?:[\d.,]{1,15}S)?)?$/

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

/** Nothing where the text is no duration of a fixed length. */
export function milliseconds(text: string): Duration | undefined {
  if (!FIXED_LENGTH.test(text)) return undefined
  try {
    const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = parse(text)
    return Math.round(((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000)
  } catch {
    return undefined
  }
}

function isTimer(wait: Duration | undefined): boolean {
  return wait !== undefined && wait > 0 && wait <= LONGEST_TIMER
}
