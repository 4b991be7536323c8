import { expect, onTestFinished, test, vi } from 'vitest'
import { RedisCounts } from '../../adapters/persistency/redis/counts.ts'
import { RedisKeys } from '../../adapters/persistency/redis/keys.ts'
import { classIn, classOf } from '../../adapters/persistency/redis/saga-class.ts'
import { COUNTS, WALK } from '../../adapters/persistency/redis/scripts/count.ts'
import { ALL_MARKS } from '../../src/codec/mark-filter.ts'
import { StateTally } from '../../src/codec/state-count.ts'
import type { StateCount } from '../../src/codec/state-count.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { CountQuery, Loaded, Persistency, Uncounted } from '../../src/ports/persistency.ts'
import { NOW } from '../../testing/contract/build.ts'
import { create, move, note } from '../../testing/contract/saves.ts'
import { describeRedis } from '../services/redis.ts'
import { closing, stage } from './redis-stage.ts'

const DAY = 86_400_000

describeRedis('numbers of sagas in redis', () => {
  const the = stage()

  /** The numbers of the heads, read one by one. */
  async function heads({ can: { list } }: Persistency): Promise<readonly StateCount[]> {
    if (list === false) throw new Error('expected a store that lists')
    const tally = new StateTally()
    const { items, next } = await list.page({ limit: 2_000 })
    expect(next).toBeUndefined()
    for (const saga of items) tally.add(saga)
    return tally.counts
  }

  function asked({ can: { counts } }: Persistency, query: CountQuery = {}): Promise<readonly StateCount[] | Uncounted> {
    if (counts === false) throw new Error('expected a store that counts')
    return counts.count(query)
  }

  /** What a release without numbers leaves of those that this one has kept. */
  async function forgetCounts(): Promise<void> {
    const { redis, prefix } = the
    for (const key of await redis.keys(`${prefix}saga:*`)) await redis.hdel(key, 'c', 'g')
    const own = await redis.keys(`${prefix}*`)
    const counted = own.filter((key) => /(?:counting|expiring)$|counts:|owing:/.test(key.slice(prefix.length)))
    if (counted.length > 0) await redis.del(...counted)
  }

  const owedOf = ({ saga }: Loaded) => saga.owed.map(({ id }) => id)

  /** Sagas of several classes. */
  async function scene(store: Persistency, size: number): Promise<readonly Loaded[]> {
    return Promise.all(
      Array.from({ length: size }, async (_, n) => {
        const made = await create(store, { at: NOW - n })
        if (n % 3 === 0) return made
        const settled = await note(store, made, { settled: owedOf(made) })
        return n % 3 === 1 ? note(store, settled, { hold: { since: NOW } }) : move(store, settled, 'waved through')
      }),
    )
  }

  test('C7 I9 the sagas of an earlier release are counted once, in slices, while sagas move', async () => {
    const store = closing(the.fresh())
    const sagas = await scene(store, 450)
    await forgetCounts()
    const counting = asked(store)
    const moving = sagas.slice(0, 90).map(async (saga) => {
      if (saga.saga.state === 'open') await note(store, saga, { settled: owedOf(saga), hold: { since: NOW } })
    })
    const made = Array.from({ length: 20 }, () => create(store))
    await Promise.all([counting, ...moving, ...made])
    await expect.poll(() => asked(store), { timeout: 10_000 }).toEqual(await heads(store))
    expect(await asked(store, { has: 'hold' })).toEqual(
      (await heads(store))
        .filter(({ held }) => held > 0)
        .map((one) => ({ ...one, total: one.held, owed: 0, oldestDebt: undefined })),
    )
  })

  test('C7 a walk that was broken off is gone on with, by any process', async () => {
    const store = closing(the.fresh())
    await scene(store, 250)
    await forgetCounts()
    const other = closing(the.again())
    await the.redis.hset(`${the.prefix}counting`, 'walk', '1', 'made', '1')
    const answers = await Promise.all([asked(store), asked(other), asked(store), asked(other)])
    for (const answer of answers) if (!('why' in answer)) expect(answer).toEqual(await heads(store))
    expect(await asked(other)).toEqual(await heads(store))
    expect(await the.redis.hkeys(`${the.prefix}counting`)).toEqual(expect.not.arrayContaining(['walk', 'member']))
  })

  test('C7 I9 numbers that an earlier release has spoilt are right again after a day', async () => {
    const store = closing(the.fresh())
    const [saga] = (await scene(store, 30)) as readonly [Loaded]
    expect(await asked(store)).toEqual(await heads(store))
    // Its saves know nothing of classes: one moves a saga, one creates a saga, and it removes one with its keys.
    const key = `${the.prefix}saga:${saga.saga.id}`
    await the.redis.hset(key, 's', 'paying', 'h', (await the.redis.hget(key, 'h'))?.replace('"open"', '"paying"') ?? '')
    const born = await create(store)
    await the.redis.hdel(`${the.prefix}saga:${born.saga.id}`, 'c', 'g')
    const gone = await create(store)
    for (const index of ['all', 'open', 'due']) await the.redis.zrem(`${the.prefix}${index}`, gone.saga.id)
    await the.redis.del(`${the.prefix}saga:${gone.saga.id}`)
    expect(await asked(store)).not.toEqual(await heads(store))
    const done = Number(await the.redis.hget(`${the.prefix}counting`, 'done'))
    await the.redis.hset(`${the.prefix}counting`, 'done', String(done - DAY))
    await expect.poll(() => asked(store), { timeout: 10_000 }).toEqual(await heads(store))
    expect(await the.redis.keys(`${the.prefix}counts:*`)).toHaveLength(1)
  })

  test('C7 P20 a damaged head does not end the walk', async () => {
    const store = closing(the.fresh())
    const sagas = await scene(store, 5)
    await forgetCounts()
    const damaged = ['{"owed":[1]}', '{"owed":[{"since":"x"}],"dead":7}', '{"owed":[{}]}', '[', 'null']
    for (const [at, head] of damaged.entries())
      await the.redis.hset(`${the.prefix}saga:${sagas[at]?.saga.id}`, 'h', head)
    const whole = await create(store)
    const { since } = whole.saga.owed[0] ?? expect.unreachable()
    const [open] = (await asked(store, { currentState: 'open' })) as readonly StateCount[]
    expect(open).toMatchObject({ oldestDebt: since })
    const found = (await asked(store)) as readonly StateCount[]
    expect(found.reduce((sum, { total }) => sum + total, 0)).toBe(6)
  })

  test('C7 a saga that is removed, or that Redis expires, is in no number', async () => {
    const store = closing(the.fresh({}, { keepFinal: 60_000 }))
    await asked(store)
    const final = async () => {
      const made = await create(store)
      const paying = await move(store, made, { label: 'reserved', with: { settled: owedOf(made) } })
      return move(store, paying, { label: 'charged', with: { settled: owedOf(paying) } })
    }
    const [removed, expired] = [await final(), await final()]
    expect(removed.saga.isFinal).toBe(true)
    expect(await asked(store, { isFinal: true })).toMatchObject([{ total: 2 }])
    await the.redis.del(`${the.prefix}saga:${expired.saga.id}`)
    await the.redis.zadd(`${the.prefix}final`, 1, `${expired.saga.id}\ne`)
    const { removal } = store.can
    expect(removal && (await removal.removeFinal(Number.MAX_SAFE_INTEGER, 10))).toBeGreaterThan(0)
    expect(await asked(store)).toEqual([])
    expect(await the.redis.hlen(`${the.prefix}expiring`)).toBe(0)
  })

  test('C7 a count is one round trip more for nobody: a save keeps it', async () => {
    const store = closing(the.fresh())
    await asked(store)
    const made = await create(store)
    expect(await asked(store)).toMatchObject([
      { state: 'open', total: 1, owed: 1, oldestDebt: made.saga.owed[0]?.since },
    ])
    await note(store, made, { settled: owedOf(made) })
    expect(await asked(store)).toMatchObject([{ state: 'open', total: 1, owed: 0 }])
  })
})

test('C7 a class is read as it was written, whatever its state is called', () => {
  const saga = { owed: [], deadLetters: [], parked: [], isFinal: true, state: '1 a\nb' } as unknown as Loaded['saga']
  expect(classIn(classOf(saga))).toEqual({ isFinal: true, marks: [], state: '1 a\nb' })
  const marked = {
    ...saga,
    owed: [{}],
    deadLetters: [{}],
    parked: [{}],
    timer: {},
    hold: {},
  } as unknown as Loaded['saga']
  expect(classIn(classOf(marked)).marks).toEqual(ALL_MARKS)
  expect(classOf(marked)).toBe('131 1 a\nb')
})

test('P19 a walk that ended together with its request is begun again after a minute', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const asked: unknown[] = []
  const ask = (script: unknown) => {
    asked.push(script)
    return script === COUNTS ? Promise.resolve([1, []]) : new Promise<never>(() => undefined)
  }
  const counts = new RedisCounts({ keys: new RedisKeys('batuta'), ask, waitUntil: () => undefined })
  const walks = () => asked.filter((script) => script === WALK).length
  for (let at = 0; at < 3; at++) expect(await counts.count({})).toEqual([])
  expect(walks()).toBe(1)
  vi.advanceTimersByTime(DEFAULTS.lostRequest)
  for (let at = 0; at < 3; at++) expect(await counts.count({})).toEqual([])
  expect(walks()).toBe(2)
})

test('P19 a host that ends work with its request is told of a walk, to its end', async () => {
  let left = 3
  const ask = (script: unknown) => Promise.resolve(script === COUNTS ? [1, []] : [1, --left > 0 ? 0 : 1])
  const told: Promise<unknown>[] = []
  const counts = new RedisCounts({ keys: new RedisKeys('batuta'), ask, waitUntil: (work) => void told.push(work) })
  expect(await counts.count({})).toEqual([])
  expect(told).toHaveLength(1)
  await told[0]
  expect(left).toBe(0)
})
