import { COUNT } from './count.ts'
import { script } from './script.ts'
import type { Script } from './script.ts'

/**
 * Removes a final saga and its index entries; answers how many sagas existed. A saga that expired may have left entries behind,
 * and its id may have a new saga since. Expiry is judged by Redis's own clock, as the key's is: a caller's clock may be set
 * (P23).
 */
export const FORGET = `
local function forget(member)
  local id, owner = string.match(member, '^([^\\n]*)\\n(.*)$')
  local there = redis.pcall('HMGET', sagas .. id, 'f', 'n', 'c', 'g')
  if there.err then
    redis.call('ZREM', final, member) -- damaged: it stays, and is in nobody's way
    return 0
  end
  redis.call('ZREM', final, member)
  if there[2] ~= owner then redis.call('ZREM', entities .. owner, id) end
  if there[1] and (there[1] ~= '1' or there[2] ~= owner) then return 0 end
  redis.call('ZREM', entities .. owner, id)
  redis.call('ZREM', all, id)
  if there[1] then
    uncount(id, there[3], there[4])
    redis.call('HDEL', base .. 'expiring', id)
  else
    uncountExpired(id)
  end
  return redis.call('UNLINK', sagas .. id)
end
local function expired(keep, most)
  local now = redis.call('TIME')
  local before = string.format('%.3f', now[1] * 1000 + now[2] / 1000 - keep)
  return redis.call('ZRANGEBYSCORE', final, '-inf', '(' .. before, 'LIMIT', 0, most)
end`

/**
 * Removes final sagas that owe nothing and were last written before an instant: how many were looked at and removed.
 */
export const REMOVE: Script = script(`
local final, all, counting = unpack(KEYS)
local sagas, entities, before, limit = unpack(ARGV)
${COUNT}
${FORGET}
local members, gone = redis.call('ZRANGEBYSCORE', final, '-inf', '(' .. before, 'LIMIT', 0, limit), 0
for _, member in ipairs(members) do gone = gone + forget(member) end
return { #members, gone }`)
