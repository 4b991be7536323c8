import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * A Lua script, which Redis runs atomically. Reads are scripts too: Upstash answers plain reads from a replica, which lags
 * (P9).
 */
export interface Script {
  readonly text: string
  /** Its SHA-1, by which Redis knows it after the first run. */
  readonly sha: string
}

/*
 * A saga is one hash: `w` last write id, `d` due, `h` head, `m` metadata; `s`, `b`, `f`, `n` state, business id, final and
 * entity, for lists; `c` its class and `g` the count it is in, for numbers; and one field an event, named by the event's identity (P7), with write id, number and history row. Part of
 * every stored database: a new field must be optional, and none changes meaning.
 */

/*
 * Numbers of sagas. A saga has a class: final or not, its marks, its state. The hash `counts:<g>` has the number of sagas of each
 * class in the count `g`, and the sorted set `owing:<class>` its sagas that owe a command, by the instant of the oldest. The hash
 * `counting` has the count that is whole (`live`), and the one that a walk through all sagas makes (`walk`, with its place). A save
 * changes both; a saga that the walk has not met is not in its count yet. So a store of an earlier version gets its numbers, and
 * numbers that such a version has spoilt are made anew. `expiring` has the classes of sagas that Redis removes by itself.
 */
const COUNT = `
local base = string.sub(counting, 1, -9)
local live, walk = unpack(redis.call('HMGET', counting, 'live', 'walk'))
local function add(of, class, by)
  local counts = base .. 'counts:' .. of
  if redis.call('HINCRBY', counts, class, by) == 0 then redis.call('HDEL', counts, class) end
end
local function uncount(id, class, of)
  if not class then return end
  if live and (of == live or of == walk) then add(live, class, -1) end
  if walk and of == walk then add(walk, class, -1) end
  redis.call('ZREM', base .. 'owing:' .. class, id)
end
local function count(id, class, since, was, of)
  local now = walk or live
  if not now then return end
  if was ~= class or of ~= now then
    uncount(id, was, of)
    if live then add(live, class, 1) end
    if walk then add(walk, class, 1) end
    redis.call('HSET', sagas .. id, 'c', class, 'g', now)
  end
  if since ~= '' then redis.call('ZADD', base .. 'owing:' .. class, since, id) end
end
local function expires(id, class)
  if walk or live then redis.call('HSET', base .. 'expiring', id, (walk or live) .. ' ' .. class) end
end
local function uncountExpired(id)
  local left = redis.call('HGET', base .. 'expiring', id)
  if not left then return end
  local of, class = string.match(left, '^(%S+) (.*)$')
  uncount(id, class, of)
  redis.call('HDEL', base .. 'expiring', id)
end`

/**
 * Removes a final saga and its index entries; answers how many sagas existed. A saga that expired may have left entries behind,
 * and its id may have a new saga since. Expiry is judged by Redis's own clock, as the key's is: a caller's clock may be set
 * (P23).
 */
const FORGET = `
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
if at ~= '' then
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

/**
 * The next slice of a walk through all sagas, which makes their numbers. One begins where there are none, or where they are older
 * than a setting. The place is kept in the store: another process, or this one after a restart, goes on from it. Answers whether
 * numbers are there, and whether the walk is over. Marks are those of the head; a damaged one has none.
 */
export const WALK: Script = script(`
local all, counting = unpack(KEYS)
local sagas, most, room, renew = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', counting, 'live', 'walk', 'done')
if not known[2] then
  if known[1] and now - (tonumber(known[3]) or 0) < renew then return { 1, 1 } end
  local made = redis.call('HINCRBY', counting, 'made', 1)
  redis.call('HSET', counting, 'walk', made)
end
${COUNT}
local function classOf(row)
  local isRead, head = pcall(cjson.decode, row[1] or '')
  local marks, oldest = 0, false
  if isRead and type(head) == 'table' then
    local owed = type(head.owed) == 'table' and head.owed or {}
    if owed[1] then marks = marks + 1 end
    if type(head.dead) == 'table' and head.dead[1] then marks = marks + 2 end
    if type(head.parked) == 'table' and head.parked[1] then marks = marks + 4 end
    if type(head.timer) == 'table' then marks = marks + 8 end
    if type(head.hold) == 'table' then marks = marks + 16 end
    for _, debt in ipairs(owed) do
      local since = type(debt) == 'table' and tonumber(debt.since)
      if since then oldest = math.min(oldest or since, since) end
    end
  end
  return (row[3] == '1' and '1' or '0') .. marks .. ' ' .. row[2], oldest and string.format('%.0f', oldest) or ''
end
local from, place = 0, redis.call('HMGET', counting, 'score', 'member')
if place[1] then
  local cursor = place[2] .. '\\1'
  redis.call('ZADD', all, place[1], cursor)
  from = redis.call('ZRANK', all, cursor)
  redis.call('ZREM', all, cursor)
end
local members = redis.call('ZRANGE', all, from, from + most - 1, 'WITHSCORES')
local isOver = #members < 2 * most
for i = 1, #members, 2 do
  local id = members[i]
  local row = redis.pcall('HMGET', sagas .. id, 'h', 's', 'f', 'c', 'g')
  if row[2] and row[5] ~= walk then
    room = room - #(row[1] or '')
    local class, oldest = classOf(row)
    count(id, class, oldest, row[4], row[5])
    if redis.call('PTTL', sagas .. id) > 0 then expires(id, class) end
  end
  redis.call('HSET', counting, 'score', members[i + 1], 'member', id)
  if room < 0 and i + 2 < #members then
    isOver = false
    break
  end
end
if not isOver then return { live and 1 or 0, 0 } end
if live then redis.call('UNLINK', base .. 'counts:' .. live) end
redis.call('HSET', counting, 'live', walk, 'done', now)
redis.call('HDEL', counting, 'walk', 'score', 'member')
return { 1, 1 }`)

/**
 * The number of sagas of each class and the instant of its oldest debt; nothing where no count is whole. Before them, whether a walk is to
 * begin or to go on.
 */
export const COUNTS: Script = script(`
local counting, sagas, renew = KEYS[1], ARGV[1], tonumber(ARGV[2])
local base, found = string.sub(counting, 1, -9), {}
local live, walk, done = unpack(redis.call('HMGET', counting, 'live', 'walk', 'done'))
if not live then return { 1 } end
local time = redis.call('TIME')
local isOld = time[1] * 1000 - (tonumber(done) or 0) >= renew
local counts = redis.call('HGETALL', base .. 'counts:' .. live)
for i = 1, #counts, 2 do
  local class, oldest = counts[i], ''
  local owing = base .. 'owing:' .. class
  if tonumber(string.match(class, '^.(%d+)')) % 2 == 1 then
    for _ = 1, 100 do
      local first = redis.call('ZRANGE', owing, 0, 0, 'WITHSCORES')
      if not first[1] or redis.pcall('HGET', sagas .. first[1], 'c') == class then
        oldest = first[2] or ''
        break
      end
      redis.call('ZREM', owing, first[1]) -- an earlier version has moved it
    end
  end
  found[#found + 1] = { class, counts[i + 1], oldest }
end
return { (walk or isOld) and 1 or 0, found }`)

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

function script(text: string): Script {
  return { text, sha: bytesToHex(sha1(utf8ToBytes(text))) }
}
