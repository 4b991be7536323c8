import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Persistency } from '../../src/ports/persistency.ts'
import { birth, fresh, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { describeMongo } from '../services/mongo.ts'
import { startTcpProxy } from '../services/tcp-proxy.ts'
import type { Loss, TcpProxy } from '../services/tcp-proxy.ts'

/** Short, so that a frozen server costs a test no more than this; far longer than an answer takes. */
const ANSWER = 1_500
const CONNECT = 2_000
const LOST: readonly Loss[] = ['request', 'answer']

describeMongo('mongo, in trouble', (mongo) => {
  let proxy: TcpProxy
  let store: Persistency
  let collection: string
  beforeEach(async () => {
    proxy = await startTcpProxy(() => mongo.port)
    collection = fresh('sagas')
    store = await mongo.open(collection, { port: proxy.port, answer: ANSWER, connect: CONNECT })
  })
  afterEach(async () => {
    proxy.thaw()
    await store.close()
    await proxy.close()
  })

  test.for(LOST)('P6 a creation whose %s was lost is repeated: saved, once', async (what) => {
    const born = birth({ metadata: { n: 1 } })
    proxy.lose(what, born.change.writeId)
    await expect(save(store, born, 'absent')).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(await store.load(born.next.id).then((found) => found !== undefined)).toBe(what === 'answer')
    expect(await save(store, born, 'absent')).toMatchObject({ kind: 'saved' })
    await move(store, await expectStored(store, { saga: born.next }), 'reserved')
    expect(await labels(store, born.next.id)).toEqual(['orderPlaced', 'reserved'])
  })

  test.for(LOST)(
    'P6 a step whose %s was lost is repeated: saved, and its event is in the history once',
    async (what) => {
      const made = await create(store)
      const moved = step(made.saga, 'asked again')
      proxy.lose(what, moved.change.writeId)
      await expect(save(store, moved, made.basis)).rejects.toThrow(
        /save to the store "mongo" \(127\.0\.0\.1:\d+, batuta\./,
      )
      expect(await save(store, moved, made.basis)).toMatchObject({ kind: 'saved' })
      await expectStored(store, { saga: moved.next })
      expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'asked again'])
    },
  )

  test('P6 a write that timed out lands after it was repeated, and changes nothing', async () => {
    const made = await create(store)
    const moved = step(made.saga, 'asked again')
    const held = proxy.hold(moved.change.writeId)
    await expect(save(store, moved, made.basis)).rejects.toMatchObject({ code: 'store-unavailable' })
    const saved = await save(store, moved, made.basis)
    if (saved.kind !== 'saved') return expect.unreachable()
    const later = await move(store, { saga: moved.next, basis: saved.basis }, 'reserved')
    held.letGo()
    await expectSteady(store, later.saga.id)
    await expectStored(store, later)
    expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'asked again', 'reserved'])
  })

  test('P6 a write that timed out lands before it is repeated: saved', async () => {
    const made = await create(store)
    const moved = step(made.saga, 'asked again')
    const held = proxy.hold(moved.change.writeId)
    await expect(save(store, moved, made.basis)).rejects.toMatchObject({ code: 'store-unavailable' })
    held.letGo()
    await expect.poll(async () => (await store.load(made.saga.id))?.saga.length).toBe(2)
    expect(await save(store, moved, made.basis)).toMatchObject({ kind: 'saved' })
    expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'asked again'])
  })

  test.for(LOST)('P20 a group whose %s was lost: each is repeated by itself and has its own verdict', async (what) => {
    const [one, other, third] = [await create(store), await create(store), await create(store)]
    await move(store, other, 'reserved')
    const [first, second, last] = [
      step(one.saga, 'reserved'),
      step(other.saga, 'waved through'),
      step(third.saga, 'reserved'),
    ]
    proxy.lose(what, first.change.writeId)
    const answers = await Promise.all([
      save(store, first, one.basis),
      save(store, second, other.basis),
      save(store, last, third.basis),
    ])
    expect(answers.map(({ kind }) => kind)).toEqual(['saved', 'conflict', 'saved'])
    expect(await labels(store, one.saga.id)).toEqual(['orderPlaced', 'reserved'])
  })

  test('a frozen server holds nobody up for longer than the time-outs, and is there again when it thaws', async () => {
    const made = await create(store)
    const several = await Promise.all(Array.from({ length: 20 }, () => create(store)))
    proxy.freeze()
    const begun = performance.now()
    const calls = [
      store.load(made.saga.id),
      store.applied(made.saga.id, 'x', 'y'),
      store.document(made.saga.id),
      ...several.map(({ saga, basis }) => save(store, step(saga, 'reserved'), basis)),
    ]
    const settled = await Promise.allSettled(calls)
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
    expect(performance.now() - begun).toBeLessThan(ANSWER + 2 * CONNECT + 500)
    const health = await store.probe()
    expect(health).toEqual({ ok: false, why: expect.stringMatching(/^ask the store "mongo" \(127/) })
    proxy.thaw()
    await expect.poll(async () => (await store.probe()).ok, { timeout: 10_000 }).toBe(true)
    await move(store, await expectStored(store, made), 'reserved')
  })

  test('refused and restarted: a call fails soon, the process lives, and the store is back by itself', async () => {
    const made = await create(store)
    await proxy.refuse()
    const begun = performance.now()
    await expect(save(store, step(made.saga, 'reserved'), made.basis)).rejects.toMatchObject({
      code: 'store-unavailable',
      retryable: true,
    })
    expect((await store.probe()).ok).toBe(false)
    expect(performance.now() - begun).toBeLessThan(2 * (CONNECT + 1_000))
    await proxy.accept()
    await expect.poll(async () => (await store.probe()).ok, { timeout: 10_000 }).toBe(true)
    await expectStored(store, await move(store, made, 'reserved'))
  })

  test('I8 50 writers on one saga through two stores: every step that was saved is in the history, once', async () => {
    const other = await mongo.open(collection)
    const made = await create(store)
    let saved = 0
    const write = async (writer: number): Promise<void> => {
      const mine = writer % 2 === 0 ? store : other
      for (;;) {
        const read = (await mine.load(made.saga.id)) ?? expect.unreachable()
        const answer = await save(mine, step(read.saga, 'asked again', { id: `w${writer}` }), read.basis)
        if (answer.kind === 'conflict') continue
        expect(answer.kind).toBe('saved')
        return void saved++
      }
    }
    await Promise.all(Array.from({ length: 50 }, (_, writer) => write(writer)))
    expect(saved).toBe(50)
    await other.close()
    const ids = (await store.document(made.saga.id))?.history.events.map(({ id }) => id) ?? []
    expect(new Set(ids).size).toBe(51)
    expect(ids).toHaveLength(51)
  })

  test('growth: a late step of a long saga is sent in the bytes of an early one', async () => {
    let saga = await note(store, await create(store), {})
    saga = await note(store, saga, { settled: saga.saga.owed.map(({ id }) => id) })
    saga = await move(store, saga, 'waved through')
    const cost = async (): Promise<number> => {
      const before = proxy.sent
      saga = await move(store, saga, 'asked again')
      return proxy.sent - before
    }
    const early = await cost()
    for (let n = 0; n < 200; n++) saga = await move(store, saga, 'asked again')
    expect(await cost()).toBeLessThan(early + 500) // the monitor may have said something in between
  })
})

/** Whatever is on its way has arrived. */
async function expectSteady(store: Persistency, id: string): Promise<void> {
  for (let look = 0; look < 5; look++) {
    await store.load(id)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
