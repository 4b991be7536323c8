import { afterEach, expect, test } from 'vitest'
import type { Loaded } from '../../src/ports/persistency.ts'
import { step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { describeRedis } from '../services/redis.ts'
import { stage } from './upstash-redis-stage.ts'

describeRedis('upstash-redis under faults', () => {
  const the = stage()
  afterEach(() => the.upstash.spoil())

  test.each(['lost answer', 'lost request'] as const)(
    'P6 %s: the client does not send it again by itself',
    async (fault) => {
      const store = the.fresh()
      const { saga, basis } = await create(store)
      the.upstash.spoil(fault)
      const before = the.upstash.requests.length
      await expect(save(store, step(saga, 'asked again'), basis)).rejects.toMatchObject({ code: 'store-unavailable' })
      expect(the.upstash.requests.length - before).toBe(1)
    },
  )

  test('P20 a group whose line broke is repeated one by one', async () => {
    const store = the.fresh()
    const sagas = await Promise.all([create(store), create(store), create(store)])
    const steps = sagas.map(({ saga }) => step(saga, 'asked again'))
    the.upstash.spoil('lost answer')
    const before = the.upstash.requests.length
    const answers = await Promise.all(steps.map((one, place) => save(store, one, sagas[place]?.basis ?? '')))
    expect(answers.map(({ kind }) => kind)).toEqual(['saved', 'saved', 'saved'])
    expect(the.upstash.requests.slice(before)).toEqual([3, 1, 1, 1])
    for (const { saga } of sagas) expect(await labels(store, saga.id)).toHaveLength(2)
  })

  test('P20 a group learns that the store is down after one more try, not one for each member', async () => {
    const store = the.fresh()
    the.upstash.spoil('lost request', 'lost request')
    const before = the.upstash.requests.length
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => create(store)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'))
    expect(the.upstash.requests.length - before).toBe(2)
  })

  test('P20 saves that wait for a frozen database are rejected with those before them', async () => {
    const answer = 500
    const store = the.fresh({ answer })
    the.upstash.spoil(...Array.from({ length: 12 }, () => 'frozen' as const))
    const begun = performance.now()
    const saves: Promise<unknown>[] = []
    for (let n = 0; n < 12; n++) {
      saves.push(create(store)) // a request each turn, until all lanes are in use
      await new Promise((resolve) => setImmediate(resolve))
    }
    const codes = (await Promise.allSettled(saves)).map((one) => one.status === 'rejected' && one.reason.code)
    expect(codes).toEqual(saves.map(() => 'store-unavailable'))
    expect(performance.now() - begun).toBeLessThan(1.8 * answer)
  })

  test('NOSCRIPT: a script that the server has forgotten is sent again', async () => {
    const store = the.fresh()
    const sagas = await Promise.all([create(store), create(store), create(store)])
    await the.upstash.redis.script('FLUSH')
    const before = the.upstash.commands.length
    const moved = await Promise.all(sagas.map((one) => move(store, one, 'reserved')))
    const [again, ...known] = ['eval', 'evalsha', 'evalsha']
    expect(the.upstash.commands.slice(before)).toEqual(['evalsha', ...known, again, ...known])
    for (const one of moved) await expectStored(store, one)
    await the.upstash.redis.script('FLUSH')
    await expectStored(store, moved[0] as Loaded)
    expect(await store.probe()).toMatchObject({ ok: true })
  })

  test('P20 a full database fails the probe; a probe leaves nothing behind', async () => {
    const store = the.fresh()
    const { redis } = the.upstash
    expect(await store.probe()).toMatchObject({ ok: true })
    expect(await redis.keys(`*${the.prefix}*`)).toEqual([])
    await redis.config('SET', 'maxmemory', '1')
    const full = await store.probe().finally(() => redis.config('SET', 'maxmemory', '0'))
    expect(full).toMatchObject({ ok: false, why: expect.stringMatching(/OOM [^;]*'maxmemory'; the database is full$/) })
    expect(await store.probe()).toMatchObject({ ok: true })
  })

  test('a wrong token: a probe says what was tried and what came back, and no message has the token or the address', async () => {
    the.fresh()
    const token = 'wrong-but-secret'
    const store = the.again({}, { token: { reveal: () => `${token}\n` } })
    const health = await store.probe()
    expect(health).toEqual({
      ok: false,
      why: 'ask the time of the store "upstash-redis": 401 WRONGPASS invalid or missing auth token; check "token": it must be the one that may write',
    })
    await expect(create(store)).rejects.toThrow(/^save to the store "upstash-redis": 401 WRONGPASS/)
    await the.upstash.shut()
    const gone = await store.load('x').catch((thrown: Error) => thrown.message)
    await the.upstash.open()
    expect(gone).not.toContain(token)
    expect(gone).not.toContain(new URL(the.upstash.url).host)
  })

  test('a value that is no address, or no Redis’s, is refused with the reason', async () => {
    the.fresh()
    expect(() => the.again({}, { url: { reveal: () => 'redis://:secret@host' } })).toThrow(
      'open the store "upstash-redis": "url" must be an address that begins with https:// or http://, with the port if it is another one',
    )
    const elsewhere = the.again({}, { url: { reveal: () => `${the.upstash.url}/nowhere` } })
    expect(await elsewhere.probe()).toMatchObject({
      ok: false,
      why: expect.stringMatching(/: 404 not found; check "url"$/),
    })
    const secure = the.again({}, { url: { reveal: () => the.upstash.url.replace('http:', 'https:') } })
    expect(await secure.probe()).toMatchObject({ ok: false, why: expect.stringMatching(/SSL.*; check "url"$/is) })
    const nobody = the.again({}, { url: { reveal: () => 'https://nobody.invalid' } })
    expect(await nobody.probe()).toMatchObject({ ok: false, why: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) })
  })

  test('a Redis that refuses writes gives an error, not a verdict', async () => {
    const store = the.fresh()
    const made = await create(store)
    await the.upstash.redis.config('SET', 'maxmemory', '1mb')
    try {
      await expect(move(store, made, 'reserved')).rejects.toThrow(/^save to the store "upstash-redis": .*OOM/)
    } finally {
      await the.upstash.redis.config('SET', 'maxmemory', '0')
    }
    await expectStored(store, await move(store, made, 'reserved'))
  })
})
