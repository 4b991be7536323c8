import { expect, test } from 'vitest'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { sharedStores } from '../../workers/shared-stores.ts'
import { NOW } from '../../testing/contract/build.ts'
import { create, move, note } from '../../testing/contract/saves.ts'
import { describeRedis } from '../services/redis.ts'
import { reservation } from '../services/reservation.ts'
import { stage } from './upstash-redis-stage.ts'

const MINUTE = 60_000

describeRedis('final sagas that expire in upstash-redis', () => {
  const the = stage()
  const ttl = (id: string) => the.upstash.redis.pttl(`${the.prefix}saga:${id}`)
  const members = async (): Promise<string[]> => {
    const sets = ['all', 'open', 'final', 'due', 'entity:e'].map((name) => `${the.prefix}${name}`)
    return (await Promise.all(sets.map((set) => the.upstash.redis.zrange(set, '0', '-1')))).flat()
  }

  /** Sets the last write back by `ms`, by Redis's clock. */
  const age = async (ids: readonly string[], ms: number): Promise<void> => {
    const score = Date.now() - ms
    for (const id of ids) await the.upstash.redis.zadd(`${the.prefix}final`, score, `${id}\ne`)
  }

  /** The store of a saga.json, as the workers open it. */
  async function configured(more: object): Promise<Persistency> {
    the.fresh()
    const { url, token } = the.upstash
    const configurations = { url, token, prefix: the.prefix, ...more }
    const file = reservation(1, (one) => void (one.persistencyManagement = { type: 'upstash-redis', configurations }))
    const read = await readConfiguration(JSON.stringify(file), { variable: () => undefined })
    const make = sharedStores['upstash-redis']
    const store = read.ok ? read.value.persistency : undefined
    if (store?.type !== 'upstash-redis' || make === undefined) throw new Error('read the configuration: it is refused')
    return make(store.configurations, { runtime: nodeRuntime('silent'), dataPath: '', passOver: () => undefined })
  }

  test('C2.5a keepFinal: a final saga expires after the configured time, another saga never', async () => {
    const store = await configured({ keepFinal: 'PT1M' })
    await final(store, 'done')
    await create(store, { id: 'open' })
    expect(await ttl('done')).toBeGreaterThan(MINUTE - 10_000)
    expect(await ttl('done')).toBeLessThanOrEqual(MINUTE)
    expect(await ttl('open')).toBe(-1)
  })

  test('C4.5 keepFinal: a saga that has left a final state does not expire', async () => {
    const store = await configured({ keepFinal: 'PT1M' })
    const done = await final(store, 'again')
    expect(await ttl('again')).toBeGreaterThan(0)
    await move(store, done, 'reopened')
    expect(await ttl('again')).toBe(-1)
    expect(await members()).toEqual(['again', 'again', 'again', 'again']) // all, open, due, entity
  })

  test('C2.5a without keepFinal nothing expires', async () => {
    const store = await configured({})
    await final(store, 'done')
    expect(await ttl('done')).toBe(-1)
  })

  test.each(['P1M', '30 days', 'PT0S', 60_000])('C1.2 keepFinal: %s is refused', async (keepFinal) => {
    await expect(configured({ keepFinal })).rejects.toThrow(/refused/)
  })

  test('C7 I9 expired sagas leave every index with the next sweep, though no other saga ends', async () => {
    const store = await configured({ keepFinal: 'PT1M' })
    for (const id of ['a', 'b', 'c']) await final(store, id)
    const later = await create(store, { id: 'later', entity: 'e', at: NOW })
    await age(['a', 'b', 'c'], MINUTE / 2)
    await look(store, NOW)
    expect(new Set(await members())).toEqual(new Set(['a', 'b', 'c', 'later', 'a\ne', 'b\ne', 'c\ne']))
    for (const id of ['a', 'b', 'c']) await the.upstash.redis.del(`${the.prefix}saga:${id}`) // it has expired
    await age(['a', 'b', 'c'], MINUTE + 1)
    await look(store, NOW)
    expect(new Set(await members())).toEqual(new Set([later.saga.id]))
  })

  test('sagas from before keepFinal are removed too and block none', async () => {
    const before = await configured({})
    for (let n = 0; n < 5; n++) await final(before, `old-${n}`)
    const store = the.again({}, { keepFinal: MINUTE })
    const ids = Array.from({ length: 5 }, (_, n) => `old-${n}`)
    await age(ids, MINUTE + 1)
    await look(store, NOW)
    expect(await members()).toEqual([])
    expect(await store.load('old-0')).toBeUndefined()
  })

  test('P23 a clock set forward by a year removes no saga: expiry is by Redis’s own clock', async () => {
    const store = await configured({ keepFinal: 'PT1M' })
    await final(store, 'done')
    await age(['done'], MINUTE / 2)
    await look(store, Date.now() + 365 * 24 * 60 * MINUTE)
    await final(store, 'later', Date.now() + 365 * 24 * 60 * MINUTE)
    expect(await store.load('done')).toMatchObject({ saga: { isFinal: true } })
  })

  test('without keepFinal a sweep removes nothing', async () => {
    const store = await configured({})
    await final(store, 'done')
    await look(store, NOW + 1_000 * MINUTE)
    expect(await store.load('done')).toMatchObject({ saga: { isFinal: true } })
  })
})

async function look(store: Persistency, now: number): Promise<void> {
  if (store.can.recovery.by !== 'sweep') throw new Error('it sweeps')
  await store.can.recovery.findDue(now, 10)
}

async function final(store: Persistency, id: string, at = NOW): Promise<Loaded> {
  const made = await create(store, { id, entity: 'e', at })
  const done = await move(store, await move(store, made, 'reserved'), 'charged')
  return note(store, done, { settled: done.saga.owed.map((debt) => debt.id) })
}
