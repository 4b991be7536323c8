import { script } from './script.ts'
import type { Script } from './script.ts'

/*
 * A record of the service is one hash: `v` version, `t` text. Versions are numbers of a counter, so that a record that was
 * removed and written again has another one.
 */

/** Writes a record if it has this version, or does not exist where that is empty; answers the new version, or nothing. */
export const WRITE_RECORD: Script = script(`
local record, index, writes = unpack(KEYS)
local key, text, version = unpack(ARGV)
if (redis.call('HGET', record, 'v') or '') ~= version then return false end
local now = tostring(redis.call('INCR', writes))
redis.call('HSET', record, 'v', now, 't', text)
redis.call('ZADD', index, 0, key)
return now`)

/** Keys of records between two bounds, in order. A write that changes nothing comes first, so that no replica answers. */
export const RECORD_KEYS: Script = script(`
redis.call('ZREM', KEYS[1], '')
return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])`)

/** Removes a record. */
export const REMOVE_RECORD: Script = script(`
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('UNLINK', KEYS[1])`)
