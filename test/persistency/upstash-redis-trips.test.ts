import { expect, onTestFinished, test } from 'vitest'
import type { Loaded } from '../../src/ports/persistency.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'
import { describeRedis } from '../services/redis.ts'
import { countingProxy, tripsAtOnce, tripsOfSaga } from './trips.ts'
import { stage } from './upstash-redis-stage.ts'

describeRedis('round trips of upstash-redis', () => {
  const the = stage()
  const since = () => {
    const before = the.upstash.requests.length
    return () => the.upstash.requests.slice(before)
  }

  const counted = async () => {
    const proxy = await countingProxy(Number(new URL(the.upstash.url).port))
    the.fresh()
    const store = the.again({}, { url: { reveal: () => `http://127.0.0.1:${proxy.port}` } })
    onTestFinished(() => store.close())
    return { proxy, store }
  }

  test('an event whose head is remembered is one round trip, and so is a creation', async () => {
    const { store, proxy } = await counted()
    const asked = since()
    expect(await tripsOfSaga(store, proxy)).toEqual([1, 1, 1])
    // One command each; the very first one is sent twice, the second time with the script.
    expect(asked()).toEqual(Array.from({ length: asked().length }, () => 1))
  })

  test('64 events at once are four round trips at most', async () => {
    const { store, proxy } = await counted()
    expect(await tripsAtOnce(store, proxy, 64)).toBeLessThanOrEqual(4)
  })

  test('P20 concurrent saves are one pipeline, creations and steps alike', async () => {
    const store = the.fresh()
    const sagas = await Promise.all(Array.from({ length: 32 }, () => create(store)))
    const meeting = since()
    const answers = await Promise.all([
      ...sagas.map(({ saga, basis }) => save(store, step(saga, 'reserved'), basis)),
      ...sagas.map(() => save(store, birth(), 'absent')),
    ])
    expect(answers.every(({ kind }) => kind === 'saved')).toBe(true)
    expect(meeting()).toEqual([64])
  })

  test('without grouping each save is a request of its own', async () => {
    const store = the.fresh({ group: false })
    const meeting = since()
    const made = await Promise.all([create(store), create(store), create(store)])
    expect(meeting()).toEqual([1, 1, 1])
    the.upstash.spoil('lost answer')
    await expect(move(store, made[0] as Loaded, 'reserved')).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  test('saves during requests in flight share the next request', async () => {
    const store = the.fresh()
    const meeting = since()
    const saves: Promise<unknown>[] = []
    for (let n = 0; n < 40; n++) {
      saves.push(create(store))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(saves)
    expect(meeting().reduce((all, one) => all + one)).toBe(40)
    expect(meeting().length).toBeLessThan(40)
  })

  test('groups that keep running alone are halved, so that client and server overlap', async () => {
    const store = the.fresh()
    const wave = () => Promise.all(Array.from({ length: 32 }, () => create(store)))
    await wave() // Redis knows the script by now
    const meeting = since()
    for (let n = 0; n < 4; n++) await wave()
    expect(meeting()).toEqual([32, 32, 32, 16, 16])
  })

  test('P24 a request carries a megabyte of sagas at most, or one', async () => {
    const store = the.fresh()
    const large = { text: 'x'.repeat(600_000) }
    const meeting = since()
    await Promise.all([create(store), create(store), ...[1, 2, 3].map(() => create(store, { metadata: large }))])
    expect(meeting().toSorted((one, other) => one - other)).toEqual([1, 1, 3])
  })

  test('saves before the close are written', async () => {
    const store = the.fresh()
    const saves = Array.from({ length: 300 }, () => save(store, birth(), 'absent'))
    await store.close()
    expect((await Promise.all(saves)).every(({ kind }) => kind === 'saved')).toBe(true)
  })
})
