import type { Instant } from '../engine/saga.ts'

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?(?:Z| ?([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)$/

/**
 * An ISO 8601 timestamp with its zone → milliseconds, rounded down; `undefined` for any other text, and for a day that no
 * calendar has. `Date.parse` turns 31 February into 3 March, and the texts that it takes differ by runtime.
 */
export function parseInstant(text: string): Instant | undefined {
  const [, year, month, day, hours, minutes, seconds, fraction, sign, zoneHours, zoneMinutes] =
    TIMESTAMP.exec(text) ?? []
  const midnight = midnightOf(Number(year), Number(month), Number(day))
  if (midnight === undefined) return undefined
  const local = inMinutes(hours, minutes) * 60_000 + Number(seconds) * 1_000 + Math.floor(Number(fraction ?? 0) * 1_000)
  const zone = inMinutes(zoneHours, zoneMinutes) * 60_000
  return midnight + local - (sign === '-' ? -zone : zone)
}

function midnightOf(year: number, month: number, day: number): Instant | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day) // `Date.UTC` takes the year 26 for 1926
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined
}

function inMinutes(hours = '0', minutes = '0'): number {
  return Number(hours) * 60 + Number(minutes)
}
