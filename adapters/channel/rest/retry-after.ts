import type { Rejected } from '../../../src/ports/channel.ts'
import type { OutwardAnswer } from '../../../src/ports/runtime.ts'

/** `Sun, 06 Nov 1994 08:49:37 GMT`: the form of a date that a sender of HTTP must use (RFC 9110, 5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * The wait that a participant asks for, in seconds or as a date; nothing where it asks for none, or in another form. A date counts from
 * the `Date` of the answer, so that the two clocks need not agree; without one, from the clock of the caller.
 */
export function retryAfter(answer: OutwardAnswer): Pick<Rejected, 'retryAfter' | 'retryAt'> {
  const asked = answer.header('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(asked)) return { retryAfter: Number(asked) * 1_000 }
  const retryAt = instantOf(asked)
  if (retryAt === undefined) return {}
  const answeredAt = instantOf(answer.header('date')?.trim() ?? '')
  return answeredAt === undefined ? { retryAt } : { retryAfter: Math.max(0, retryAt - answeredAt) }
}

function instantOf(text: string): number | undefined {
  const instant = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(instant) ? undefined : instant
}
