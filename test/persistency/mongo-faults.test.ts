import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Persistency } from '../../src/ports/persistency.ts'
import { fresh, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { describeMongo } from '../services/mongo.ts'
import { startTcpProxy } from '../services/tcp-proxy.ts'
import type { Loss, TcpProxy } from '../services/tcp-proxy.ts'

/** Short, so that a frozen server costs a test no more; far longer than an answer takes. */
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

  test.for(LOST)('P20 a group whose %s was lost is repeated one by one, each with its own verdict', async (what) => {
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

  test('P20 saves that wait for a frozen server are rejected with those before them', async () => {
    const answer = 600
    const frozen = await mongo.open(collection, { port: proxy.port, answer, connect: answer })
    const sagas = await Promise.all(Array.from({ length: 12 }, () => create(frozen)))
    proxy.freeze()
    const begun = performance.now()
    const saves: Promise<unknown>[] = []
    for (const { saga, basis } of sagas) {
      saves.push(save(frozen, step(saga, 'reserved'), basis)) // a request each turn, until all lanes are in use
      await new Promise((resolve) => setImmediate(resolve))
    }
    const codes = (await Promise.allSettled(saves)).map((one) => one.status === 'rejected' && one.reason.code)
    expect(codes).toEqual(sagas.map(() => 'store-unavailable'))
    expect(performance.now() - begun).toBeLessThan(1.8 * answer)
    proxy.thaw()
    await frozen.close()
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
    expect(await cost()).toBeLessThan(early + 500) // the monitor may have asked in between
  })
})

/** Resolves when everything in flight has arrived. */
async function expectSteady(store: Persistency, id: string): Promise<void> {
  for (let look = 0; look < 5; look++) {
    await store.load(id)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
