import { COUNT } from './count.ts'
import { FORGET } from './remove.ts'
import { script } from './script.ts'
import type { Script } from './script.ts'

/**
 * No-op write: fails on a replica, and on a primary without its replicas, so that a stale read is never answered (P9). A stale
 * head would make a good event unexpected.
 */
const WRITABLE = `redis.call('HDEL', KEYS[1], '')`

/** Runs one command that reads a saga. */
export const READ: Script = script(`
${WRITABLE}
return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))`)

/**
 * A page of a history. The first page holds the head too, so that every event it counts is in this page or a later one.
 */
export const HISTORY: Script = script(`
${WRITABLE}
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local entries = {}
for i = 1, #page[2], 2 do
  if string.sub(page[2][i], 1, 1) == '[' then entries[#entries + 1] = { page[2][i], page[2][i + 1] } end
end
return { page[1], entries, ARGV[1] == '0' and redis.call('HMGET', KEYS[1], 'w', 'd', 'h', 'm') }`)

/**
 * Due heads, earliest first (P17), as many as there is room for, and whether more remain. A place to go on from is put into the
 * index for a moment, since its saga may have left it. Where final sagas expire, expired ones leave the indexes first; those
 * older than the setting are removed.
 */
export const DUE: Script = script(`
local final, all, counting = KEYS[2], KEYS[3], KEYS[4]
local sagas, now, from, limit, room = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local entities, keep, after, place = ARGV[6], ARGV[7], ARGV[8], ARGV[9] .. '\\1'
${COUNT}
${FORGET}
if keep ~= '' then
  for _, old in ipairs(expired(keep, 100)) do forget(old) end
end
local least, found = '-inf', {}
if after ~= '' then
  redis.call('ZADD', KEYS[1], after, place)
  from = from + redis.call('ZRANK', KEYS[1], place) - redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. after)
  redis.call('ZREM', KEYS[1], place)
  least = after
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], least, now, 'LIMIT', from, limit)) do
  local saga = redis.pcall('HMGET', sagas .. id, 'w', 'd', 'h', 'm')
  if saga[1] and saga[3] and saga[4] then
    room = room - #saga[3] - #saga[4]
    if room < 0 and #found > 0 then return { 'more', found } end
    found[#found + 1] = { id, saga }
  elseif redis.call('EXISTS', sagas .. id) == 1 then
    found[#found + 1] = { id, false } -- damaged
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return { '', found }`)

/**
 * Looks at up to `most` sagas of an index after a place: the matching ones and, where more remain, the last one looked at. The
 * cursor is put into the index for a moment, since its saga may have left it. A head ends with the instant of its entry; one that
 * ends otherwise passes.
 */
export const LOOK: Script = script(`
local sagas, limit, most, room = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local untl, since, after, cursor = ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8] .. '\\1'
local from = untl == '' and 0 or redis.call('ZCOUNT', KEYS[1], '-inf', untl)
if after ~= '' then
  redis.call('ZADD', KEYS[1], after, cursor)
  from = math.max(from, redis.call('ZRANK', KEYS[1], cursor))
  redis.call('ZREM', KEYS[1], cursor)
end
local entered, texts = tonumber(ARGV[9]), tonumber(ARGV[10])
local function marked(saga)
  if not entered and texts == 0 then return true end
  local head = redis.pcall('HGET', saga, 'h')
  if type(head) ~= 'string' then return false end
  for i = 11, 10 + texts do
    if not string.find(head, ARGV[i], 1, true) then return false end
  end
  local at = entered and tonumber(string.match(string.sub(head, -60), '"entered":([%d.e+-]+)}$'))
  return not at or at < entered
end
local function matches(saga)
  for i = 11 + texts, #ARGV, 2 do
    if redis.pcall('HGET', saga, ARGV[i]) ~= ARGV[i + 1] then return false end
  end
  return marked(saga)
end
local found, score, last = {}, '', ''
local members = redis.call('ZRANGE', KEYS[1], from, from + most, 'WITHSCORES')
for i = 1, #members, 2 do
  if since and tonumber(members[i + 1]) > since then return { '', '', found } end
  if i > 2 * most then return { score, last, found } end
  local saga = sagas .. members[i]
  if matches(saga) then
    local row = redis.pcall('HMGET', saga, 'd', 'h')
    if row[2] or redis.call('EXISTS', saga) == 1 then
      room = room - #(row[2] or '')
      if #found == limit or (room < 0 and #found > 0) then return { score, last, found } end
      found[#found + 1] = { members[i], row[2] and row or false, members[i + 1] }
    end
  end
  last, score = members[i], members[i + 1]
end
return { '', '', found }`)
