import type { Rejected } from '../../../src/ports/channel.ts'
import type { OutwardAnswer } from '../../../src/ports/runtime.ts'

/** The three forms of a date in HTTP, of which a sender must use the first and a recipient must know all (RFC 9110, 5.6.7). */
const HTTP_DATES: readonly RegExp[] = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
]

/** Digits of a number of seconds that is read as it is; a larger one is as long as the longest wait in any case. */
const MOST_SECONDS = 999_999_999

/**
 * The wait that a participant asks for, in seconds or as a date; nothing where it asks for none, or in another form. A date counts from
 * the `Date` of the answer, so that the two clocks need not agree; without one, from the clock of the caller. The caller bounds it.
 */
export function retryAfter(answer: OutwardAnswer): Pick<Rejected, 'retryAfter' | 'retryAt'> {
  const asked = answer.header('retry-after')?.trim() ?? ''
  if (/^\d+$/.test(asked)) return { retryAfter: Math.min(Number(asked), MOST_SECONDS) * 1_000 }
  const retryAt = instantOf(asked)
  if (retryAt === undefined) return {}
  const answeredAt = instantOf(answer.header('date')?.trim() ?? '')
  return answeredAt === undefined ? { retryAt } : { retryAfter: Math.max(0, retryAt - answeredAt) }
}

function instantOf(text: string): number | undefined {
  const groups = HTTP_DATES.map((form) => form.exec(text)?.groups).find(Boolean)
  const { day = '', month = '', year = '', time = '' } = groups ?? {}
  const instant = Date.parse(`${day.trim()} ${month} ${wholeYear(year)} ${time} GMT`)
  return Number.isNaN(instant) ? undefined : instant
}

/** Two digits that would be more than about fifty years ahead are of the last century. */
function wholeYear(year: string): string {
  return year.length === 2 ? `${Number(year) < 76 ? 20 : 19}${year}` : year
}
