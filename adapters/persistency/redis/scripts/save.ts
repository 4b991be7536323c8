import { COUNT } from './count.ts'
import { FORGET } from './remove.ts'
import { script } from './script.ts'
import type { Script } from './script.ts'

/*
 * A saga is one hash: `w` last write id, `d` due, `h` head, `m` metadata; `s`, `b`, `f`, `n` state, business id, final and
 * entity, for lists; `c` its class and `g` the count it is in, for numbers; and one field an event, named by the event's identity
 * (P7), with write id, number and history row. Part of every stored database: a new field must be optional, and none changes meaning.
 */

/**
 * One write (P1): the verdict of P2, P6 and I4 (`codec/write-verdict.ts` in Lua), then saga and indexes, whole or not at all.
 */
export const SAVE: Script = script(`
local saga, due, final, all, open, entity, counting = unpack(KEYS)
local basis, write, id, at, head, event, entry, metadata, state, business, ended, owner, created, updated, keep, class, oldest =
  unpack(ARGV)
local sagas, entities = string.sub(saga, 1, #saga - #id), string.sub(entity, 1, #entity - #owner)
${COUNT}
${FORGET}
local newest, before, had, was, of = unpack(redis.call('HMGET', saga, 'w', event, 'f', 'c', 'g'))
if newest == write then return 'saved' end
if newest and before and (basis ~= '' or string.sub(before, 1, #write + 1) == write .. ' ') then return 'duplicate' end
if (newest or '') ~= basis then return 'conflict' end

if event == '' then
  redis.call('HSET', saga, 'w', write, 'd', at, 'h', head)
else
  redis.call('HSET', saga, 'w', write, 'd', at, 'h', head, event, entry,
    'm', metadata, 's', state, 'b', business, 'f', ended, 'n', owner)
end
if at == '' then redis.call('ZREM', due, id) else redis.call('ZADD', due, at, id) end
if not newest then uncountExpired(id) end
count(id, class, oldest, was, of)
if not newest then
  redis.call('ZADD', all, created, id)
  redis.call('ZADD', open, created, id)
  if owner ~= '' then redis.call('ZADD', entity, created, id) end
end
local member = id .. '\\n' .. owner
if ended ~= '1' then
  if had == '1' then -- it has left a final state (C4.5)
    redis.call('ZADD', open, created, id)
    redis.call('ZREM', final, member)
    redis.call('PERSIST', saga)
    redis.call('HDEL', base .. 'expiring', id)
  end
  return 'saved'
end

redis.call('ZREM', open, id)
if at ~= '' or oldest ~= '' then -- a held saga may owe what is not due
  redis.call('ZREM', final, member)
  redis.call('PERSIST', saga)
  redis.call('HDEL', base .. 'expiring', id)
  return 'saved'
end
redis.call('ZADD', final, updated, member)
if keep == '' then return 'saved' end
redis.call('PEXPIRE', saga, keep)
expires(id, class)
for _, old in ipairs(expired(keep, 2)) do forget(old) end
return 'saved'`)
