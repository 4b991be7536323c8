import type { Instant } from '../../engine/saga.ts'
import { OPEN_RECORDS, RESUMED_RECORDS } from './record-watch.ts'

const PAUSES = `${OPEN_RECORDS}channel/`

/** Key of the record of a pause. */
export function pauseKey(channel: string): string {
  return PAUSES + asciiOf(channel)
}

/** Prefix of the keys that have the ends of a channel's pauses. */
export function pauseEndPrefix(channel: string): string {
  return `${RESUMED_RECORDS}${asciiOf(channel)}/`
}

/** Key that has the end of a pause: a look reads keys alone, so it knows the instant without a further read. */
export function pauseEndKey(channel: string, end: Instant): string {
  return pauseEndPrefix(channel) + String(end)
}

/** The newest end of a pause of this channel among these keys; `undefined` without one. */
export function newestPauseEnd(channel: string, keys: readonly string[]): Instant | undefined {
  const prefix = pauseEndPrefix(channel)
  let newest: Instant | undefined
  for (const key of keys) {
    const end = key.startsWith(prefix) ? Number(key.slice(prefix.length)) : Number.NaN
    if (Number.isSafeInteger(end) && !(newest !== undefined && newest >= end)) newest = end
  }
  return newest
}

/** ASCII, as keys of records are. An id may have a lone half of a surrogate pair, which `encodeURIComponent` refuses. */
function asciiOf(channel: string): string {
  return encodeURIComponent(channel.toWellFormed())
}
