import { parse } from 'tinyduration'

/** No months and years, which have no fixed length. `tinyduration` would accept a duration anywhere in a text. */
const FIXED_LENGTH =
  /^P(?:[\d.,]{1,15}W)?(?:[\d.,]{1,15}D)?(?:T(?:[\d.,]{1,15}H)?(?:[\d.,]{1,15}M)?(?:[\d.,]{1,15}S)?)?$/

/** ISO 8601 text → milliseconds. `undefined` where the text is no duration of a fixed length. */
export function milliseconds(text: string): number | undefined {
  if (!FIXED_LENGTH.test(text)) return undefined
  try {
    const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = parse(text)
    return Math.round(((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000)
  } catch {
    return undefined
  }
}
