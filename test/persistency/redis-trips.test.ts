import { expect, test } from 'vitest'
import { birth, NOW } from '../../testing/contract/build.ts'
import { create, note, save } from '../../testing/contract/saves.ts'
import { describeRedis } from '../services/redis.ts'
import { closing, stage } from './redis-stage.ts'
import { countingProxy, tripsAtOnce, tripsOfSaga } from './trips.ts'

describeRedis('round trips of redis', () => {
  const the = stage()
  const counted = async () => {
    const proxy = await countingProxy(the.server.port)
    return { proxy, store: closing(the.fresh({}, { url: { reveal: () => the.url(proxy.port) } })) }
  }

  test('an event whose head is remembered is one round trip, and so is a creation', async () => {
    const { store, proxy } = await counted()
    expect(await tripsOfSaga(store, proxy)).toEqual([1, 1, 1])
  })

  test('64 events at once are four round trips at most', async () => {
    const { store, proxy } = await counted()
    expect(await tripsAtOnce(store, proxy, 64)).toBeLessThanOrEqual(4)
  })

  test('P18 a look reads the saga that is due and none of five hundred that wait', async () => {
    const store = closing(the.fresh())
    const waiting = async (deadline: number) => {
      const made = await create(store, { timer: { step: 0, deadline, resends: 0, event: 'silence' } })
      return note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
    }
    await Promise.all(Array.from({ length: 500 }, (_, at) => waiting(NOW + 60_000 + at)))
    const due = await waiting(NOW)
    const lookups = async () => {
      const stats = await the.redis.info('stats')
      return [...stats.matchAll(/keyspace_(?:hits|misses):(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
    }
    const { recovery } = store.can
    if (recovery.by !== 'sweep') throw new Error('expected a store that sweeps')
    const before = await lookups()
    expect((await recovery.findDue(NOW + 1, 64)).map(({ saga }) => saga.id)).toEqual([due.saga.id])
    expect(await recovery.findOwing?.(64, { due: NOW + 1, id: '' })).toEqual([])
    expect((await lookups()) - before).toBeLessThan(20)
  })

  test('all share one connection, and closing ends it', async () => {
    const connections = async () => Number(/connected_clients:(\d+)/.exec(await the.redis.info('clients'))?.[1])
    const before = await connections()
    const store = the.fresh()
    const saves = Array.from({ length: 300 }, () => save(store, birth(), 'absent'))
    await Promise.all([...saves, store.probe(), store.load('nobody')])
    expect(await connections()).toBe(before + 1)
    await store.close()
    await expect.poll(connections).toBe(before)
  })

  test('saves before the close are written', async () => {
    const store = the.fresh()
    const saves = Array.from({ length: 300 }, () => save(store, birth(), 'absent'))
    await store.close()
    expect((await Promise.all(saves)).every(({ kind }) => kind === 'saved')).toBe(true)
    await expect(store.load('x')).rejects.toThrow(/^use the store "redis" \(127\.0\.0\.1:\d+\/0\): it is closed$/)
  })
})
