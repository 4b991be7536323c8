import { script } from './script.ts'
import type { Script } from './script.ts'

/*
 * Numbers of sagas. A saga has a class: final or not, its marks, its state. The hash `counts:<g>` has the number of sagas of each
 * class in the count `g`, and the sorted set `owing:<class>` its sagas that owe a command, by the instant of the oldest. The hash
 * `counting` has the count that is whole (`live`), and the one that a walk through all sagas makes (`walk`, with its place). A save
 * changes both; a saga that the walk has not met is not in its count yet. So a store of an earlier version gets its numbers, and
 * numbers that such a version has spoilt are made anew. `expiring` has the classes of sagas that Redis removes by itself.
 */
/** Lua functions that keep the numbers. The script around them declares `counting` and `sagas`. */
export const COUNT = `
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
