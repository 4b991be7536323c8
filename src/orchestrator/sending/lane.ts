import type { Metadata } from '../../engine/saga.ts'
import type { Channel } from '../../ports/channel.ts'

/**
 * A channel, or one key of a channel with limits by key: `<channel>`, or `<channel>`, NUL and the key. An id of a channel has no
 * NUL.
 */
export type Lane = string

const SEPARATOR = '\0'
/** Characters of a key that count: a key comes from a client, and is kept in memory. */
const LONGEST_KEY = 256

/** The lane of a command of this saga. */
export function laneOf(channel: Channel | undefined, id: string, metadata: Metadata): Lane {
  const by = channel?.limits?.rate?.by ?? channel?.limits?.concurrency?.by
  return by === undefined ? id : id + SEPARATOR + keyAt(by, metadata)
}

/** The channel of a lane. */
export function channelOf(lane: Lane): string {
  const at = lane.indexOf(SEPARATOR)
  return at === -1 ? lane : lane.slice(0, at)
}

/** The value at a path as text; empty where there is none, or no scalar. */
function keyAt(path: readonly string[], metadata: Metadata): string {
  let value: unknown = metadata
  for (const token of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return ''
    value = (value as Readonly<Record<string, unknown>>)[token]
  }
  const isKey = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isKey ? String(value).slice(0, LONGEST_KEY) : ''
}
