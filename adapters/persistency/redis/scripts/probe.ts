import { script } from './script.ts'
import type { Script } from './script.ts'

/**
 * Time of the store in seconds and microseconds, after a write probe: a key that is no saga passes through the commands and
 * indexes of a save, atomically, so that no client sees it. It fails where writes fail.
 */
export const TIME: Script = script(`
local probe, due, final, all, open = unpack(KEYS)
redis.call('HSET', probe, 'w', '')
redis.call('HDEL', probe, '')
redis.call('PEXPIRE', probe, 1000)
redis.call('PERSIST', probe)
redis.call('UNLINK', probe)
for i = 2, #KEYS do
  redis.call('ZADD', KEYS[i], 0, '')
  redis.call('ZREM', KEYS[i], '')
end
return redis.call('TIME')`)
