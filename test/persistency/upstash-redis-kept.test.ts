import { revivedDebt } from '../../src/engine/dead-letters.ts'
import { expect, test } from 'vitest'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { birth, LEASE, NOW, step } from '../../testing/contract/build.ts'
import { create, keep, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { describeRedis } from '../services/redis.ts'
import { stage } from './upstash-redis-stage.ts'

describeRedis('what upstash-redis keeps', () => {
  const the = stage()
  const keys = async (): Promise<string[]> =>
    (await the.upstash.redis.keys(`${the.prefix}*`)).map((key) => key.slice(the.prefix.length)).toSorted()

  test('all keys of a prefix are in one hash slot; a prefix may bring a tag of its own', async () => {
    const store = the.fresh()
    await create(store, { id: 'a', entity: 'e/1' })
    expect(await keys()).toEqual(['all', 'due', 'entity:e/1', 'open', 'saga:a'])
    const tagged = the.again({}, { prefix: 'shop:{one}:' })
    await create(tagged, { id: 'a' })
    expect((await the.upstash.redis.keys('shop:*')).toSorted()).toEqual(
      ['all', 'due', 'open', 'saga:a'].map((key) => `shop:{one}:${key}`),
    )
  })

  test('P9 every read is a script, which no replica answers', async () => {
    const store = the.fresh()
    const before = the.upstash.commands.length
    const { saga } = await move(store, await create(store), 'reserved')
    const { recovery, list, removal } = store.can
    await Promise.all([store.load(saga.id), store.document(saga.id), store.applied(saga.id, 'e', 'l'), store.probe()])
    if (recovery.by === 'sweep') await recovery.findDue(NOW, 10)
    if (list !== false) await list.page({ limit: 10 })
    if (removal !== false) await removal.removeFinal(NOW, 10)
    expect(new Set(the.upstash.commands.slice(before).map((name) => name.slice(0, 4)))).toEqual(new Set(['eval']))
  })

  test('C5 texts that look like another type stay texts', async () => {
    const store = the.fresh()
    const { change, next } = birth({ id: '7', entity: 'null', eventId: 'true' })
    const made = await keep(store, { change: { ...change, writeId: '42' }, next }, 'absent')
    expect(await store.load('7')).toEqual({ saga: next, basis: '42' })
    await expectStored(store, await move(store, made, { label: 'reserved', id: '{"a":1}' }))
    expect(await store.applied('7', '{"a":1}', 'reserved')).toBe(true)
  })

  test('C1 ids with halves of surrogate pairs and line breaks stay distinct', async () => {
    const store = the.fresh()
    const ids = ['a\ud83d', 'a\ud83e', 'a\n', 'a\\n', 'a']
    const made = await Promise.all(ids.map((id) => create(store, { id, entity: id })))
    for (const one of made)
      await expectStored(store, await move(store, one, { label: 'waved through', id: one.saga.id }))
    const found = store.can.list && (await store.can.list.page({ limit: 9, associatedEntityId: 'a\ud83d' }))
    expect(found && found.items.map(({ id }) => id)).toEqual(['a\ud83d'])
  })

  test(
    'P24 a text of nothing but quotes, and a debt of every step, within the limits',
    { timeout: 60_000 },
    async () => {
      const store = the.fresh()
      let saga = await create(store, { metadata: { text: '"'.repeat(490_000) } })
      for (const label of ['asked again', 'asked again']) saga = await move(store, saga, label)
      await expectStored(store, saga)
      const third = await move(store, saga, 'asked again')
      expect(await save(store, step(third.saga, 'asked again'), third.basis)).toEqual({
        kind: 'too-large',
        limit: 3_000_000,
      })
      const recovery = store.can.recovery
      const due = recovery.by === 'sweep' ? await recovery.findDue(NOW + 9 * LEASE, 10) : []
      expect(due.map((one) => one.saga)).toEqual([third.saga])
    },
  )

  test('P17 large heads come in several answers, none left out', { timeout: 60_000 }, async () => {
    const store = the.fresh()
    const made: Loaded[] = []
    for (let n = 0; n < 7; n++) made.push(await create(store, { at: NOW + n, metadata: { text: 'x'.repeat(400_000) } }))
    const before = the.upstash.requests.length
    const { recovery } = store.can
    const found = recovery.by === 'sweep' ? await recovery.findDue(NOW + 2 * LEASE, 6) : []
    expect(found.map(({ saga }) => saga.id)).toEqual(made.slice(0, 6).map(({ saga }) => saga.id))
    // Three in turn for the owing sagas, and beside the first of them one for the sagas that only wait.
    expect(the.upstash.requests.length - before).toBe(4)
  })

  test('I9 sagas that vanished are not due and block none', async () => {
    const store = the.fresh()
    const [gone, kept] = [await create(store), await create(store)]
    await the.upstash.redis.del(`${the.prefix}saga:${gone.saga.id}`)
    const { recovery } = store.can
    const found = recovery.by === 'sweep' ? await recovery.findDue(NOW + LEASE, 10) : []
    expect(found.map(({ saga }) => saga.id)).toEqual([kept.saga.id])
    expect(await save(store, step(gone.saga, 'reserved'), gone.basis)).toEqual({ kind: 'conflict' })
  })

  test('C7 a page looks at 10,000 sagas at most, and its cursor goes on from there', async () => {
    const store = the.fresh()
    const last = await create(store, { at: NOW })
    const others = Array.from({ length: 12_000 }, (_, n) => [-NOW - 1 - n, `gone-${n}`]).flat()
    await the.upstash.redis.zadd(`${the.prefix}all`, ...others)
    const page = pageOf(store)
    const first = await page({ currentState: 'open', limit: 5 })
    expect([first.items.length, first.next]).toEqual([0, { createdAt: NOW + 2_001, id: 'gone-2000' }])
    const second = await page({ currentState: 'open', limit: 5, after: first.next })
    expect([second.items.map(({ id }) => id), second.next]).toEqual([[last.saga.id], undefined])
    expect((await page({ currentState: 'open', limit: 5, until: NOW + 1 })).items).toHaveLength(1)
  })

  test('C7 a cursor works where its saga is gone and where many sagas share an instant', async () => {
    const store = the.fresh()
    const ids = Array.from({ length: 30 }, (_, n) => `s-${String(n).padStart(2, '0')}`)
    await Promise.all(ids.map((id) => create(store, { id, at: NOW })))
    const page = pageOf(store)
    const first = await page({ isFinal: false, limit: 10 })
    await final(store, await store.load(first.next?.id ?? ''))
    const second = await page({ isFinal: false, limit: 10, after: first.next })
    const third = await page({ isFinal: false, limit: 10, after: second.next })
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids)
    expect(third.next).toBeUndefined()
    expect(await the.upstash.redis.zcard(`${the.prefix}open`)).toBe(29)
  })

  test('retention: final sagas that owe nothing expire, others never', async () => {
    const store = the.fresh({}, { keepFinal: 60_000 })
    const done = await final(store, await create(store, { id: 'done', entity: 'e' }))
    const owing = await move(store, await move(store, await create(store, { id: 'owing' }), 'reserved'), 'charged')
    const ttl = (id: string) => the.upstash.redis.pttl(`${the.prefix}saga:${id}`)
    expect(await ttl('done')).toBeGreaterThan(50_000)
    expect(await ttl('owing')).toBe(-1)
    const [debt] = owing.saga.owed
    const letter = {
      id: debt?.id ?? '',
      label: 'charge',
      channel: 'bank',
      payload: {},
      why: 'no',
      since: NOW,
      attempts: 1,
    }
    const dead = await note(store, owing, { dead: [letter], settled: owing.saga.owed.map(({ id }) => id) })
    expect(await ttl('owing')).toBeGreaterThan(50_000)
    await note(store, dead, { revived: [revivedDebt(letter, NOW)] })
    expect(await ttl('owing')).toBe(-1)
    await the.upstash.redis.del(`${the.prefix}saga:${done.saga.id}`) // it has expired
    await the.upstash.redis.zadd(`${the.prefix}final`, Date.now() - 60_001, 'done\ne')
    await final(store, await create(store, { id: 'later', at: NOW + 120_000 }))
    expect(await keys()).toEqual(['all', 'due', 'final', 'saga:later', 'saga:owing'])
    expect(await the.upstash.redis.zrange(`${the.prefix}all`, '0', '-1')).toEqual(['later', 'owing'])
  })

  test('retention: an id that is used again is not removed for its former saga', async () => {
    const store = the.fresh({}, { keepFinal: 60_000 })
    for (const [id, entity] of [
      ['a', 'e'],
      ['b', 'other'],
      ['c', 'e'],
    ] as const) {
      await final(store, await create(store, { id, entity: 'e' }))
      await the.upstash.redis.del(`${the.prefix}saga:${id}`) // it has expired
      if (id !== 'c') await create(store, { id, entity, at: NOW + 1 })
    }
    const { removal } = store.can
    expect(removal && (await removal.removeFinal(NOW + 9_000, 10))).toBe(0)
    for (const id of ['a', 'b']) expect(await labels(store, id)).toEqual(['orderPlaced'])
    const page = pageOf(store)
    expect((await page({ limit: 9 })).items.map(({ id }) => id)).toEqual(['a', 'b'])
    expect((await page({ limit: 9, associatedEntityId: 'e' })).items.map(({ id }) => id)).toEqual(['a'])
    expect(await the.upstash.redis.exists(`${the.prefix}final`)).toBe(0)
  })

  test('P23 the probe’s time is Redis’s', async () => {
    const health = await the.fresh().probe()
    const [seconds] = await the.upstash.redis.time()
    expect(health.ok && Math.abs((health.time ?? 0) - Number(seconds) * 1_000)).toBeLessThan(2_000)
  })
})

function pageOf(store: Persistency) {
  const { list } = store.can
  if (list === false) throw new Error('it lists')
  return list.page.bind(list)
}

async function final(store: Persistency, saga: Loaded | undefined): Promise<Loaded> {
  if (saga === undefined) throw new Error('end a saga: there is none')
  const done = await move(store, await move(store, saga, 'reserved'), 'charged')
  return note(store, done, { settled: done.saga.owed.map(({ id }) => id) })
}
