import { describe, expect, test } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Instant } from '../../../../src/engine/saga.ts'
import { DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import type { FakeStore } from '../../../fakes/store.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

/** Created: a command for `reservations`; paid: one for `other`. */
const TWO_CHANNELS = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      outputCommand: { label: 'pay', channel: 'reservations' },
      outgoingTransitions: [{ inputEvent: 'paid', targetState: 'shipping' }],
    },
    { id: 'shipping', isFinal: false, outputCommand: { label: 'ship', channel: 'other' } },
  ],
}
const MANY = 3_000
const SAGAS = Array.from({ length: MANY }, (_, at) => `s${at}`)
const LEASE = 10_000 + DEFAULTS.leaseMargin

const shared = () => fakeStore(timelessMemory({ shared: true }))

/** A process that ended: 3,000 commands owed to `reservations`, then 20 to `other` in sagas whose first command was delivered. */
async function dead(store: FakeStore): Promise<Stage> {
  const scene = stage({ store, definition: TWO_CHANNELS })
  await scene.createAll(SAGAS)
  for (let at = 0; at < 20; at++) {
    await scene.create(`w${at}`)
    await scene.tell('paid', undefined, `w${at}`)
    const loaded = await store.load(`w${at}`)
    const [first] = loaded?.saga.owed ?? []
    if (loaded === undefined || first === undefined) throw new Error('the saga owes nothing')
    const saga = { ...loaded.saga, owed: loaded.saga.owed.slice(1), due: loaded.saga.owed[1]?.due }
    await store.save({ sagaId: `w${at}`, writeId: `settled-${at}`, at: 0, settled: [first.id] }, saga, loaded.basis)
  }
  await scene.runtime.advance(LEASE)
  return scene
}

async function commandsOf(store: FakeStore, id: string) {
  return (await store.load(id))?.saga.owed ?? []
}

describe('sweep of a backlog', () => {
  test.each([
    ['shared', shared],
    ['of its own', () => fakeStore()],
  ])('I5 a participant that never answers holds up no other after a restart; store: %s', async (_, open) => {
    const store = open()
    const { runtime } = await dead(store)
    const back = stage({ store, runtime, definition: TWO_CHANNELS })
    const before = store.saves.length
    back.orchestrator.start()
    await runtime.advance(2_000)
    expect(new Set(back.other.ids).size).toBe(20)
    expect(back.channel.open).toBe(DEFAULTS.sendsAtOnce)
    expect(store.saves.length - before).toBeLessThan(DEFAULTS.sendsAtOnce + 100) // P16: no claim without capacity
    await back.stop()
  })

  test('P16 a backlog of a silent participant costs a few tries a second, however long it is', async () => {
    const store = shared()
    const { runtime } = await dead(store)
    const back = stage({ store, runtime, definition: TWO_CHANNELS })
    back.channel.always(SILENT)
    back.orchestrator.start()
    await runtime.advance(5_000)
    const before = store.saves.length
    await runtime.advance(30_000)
    expect(store.saves.length - before).toBeLessThan(30 * 2 * 20)
    expect(store.saves.length - before).toBeGreaterThan(30)
    back.channel.always(DELIVERED)
    await runtime.advance(10_000)
    expect(new Set(back.channel.ids).size).toBeGreaterThanOrEqual(MANY)
    await back.stop()
  })

  test('I5 after a channel’s first success all idle leases of this process start within two seconds, before they end', async () => {
    const scene = stage({ store: shared(), definition: TWO_CHANNELS })
    scene.orchestrator.start()
    await scene.createAll(SAGAS)
    await scene.runtime.advance(1_000)
    expect(scene.channel.open).toBe(DEFAULTS.sendsAtOnce)
    scene.channel.always(DELIVERED)
    await scene.runtime.advance(2_000)
    expect(new Set(scene.channel.ids).size).toBe(MANY)
    expect(scene.channel.ids).toHaveLength(MANY)
    await scene.stop()
  })

  test('I5 a command without an answer is sent as soon as its participant answers again, before its wait ends', async () => {
    const scene = stage({ store: shared() })
    scene.channel.always(SILENT)
    scene.orchestrator.start()
    for (let at = 0; at < 40; at++) await scene.create(`s${at}`)
    await scene.runtime.advance(600_000) // waits of up to a minute
    scene.channel.always(DELIVERED)
    await scene.create('fresh')
    await scene.runtime.advance(2_000)
    for (let at = 0; at < 40; at++)
      expect(scene.channel.ids.filter((id) => id === `s${at}/0/0`).length).toBeGreaterThan(5)
    await scene.runtime.advance(2 * DEFAULTS.settle)
    for (let at = 0; at < 40; at++) expect(await commandsOf(scene.store, `s${at}`)).toEqual([])
    await scene.stop()
  })

  test('P12 a command that another process has claimed since is left alone, whatever this process remembers', async () => {
    const store = shared()
    const scene = stage({ store })
    scene.channel.always(SILENT)
    scene.orchestrator.start()
    await scene.create('s1')
    await scene.runtime.advance(0)
    const loaded = await store.load('s1')
    if (loaded === undefined) throw new Error('there is no saga')
    const due = scene.runtime.wallClock() + LEASE
    const owed = loaded.saga.owed.map((debt) => ({ ...debt, due }))
    const tried = owed.map(({ id }) => ({ id, attempts: 0, due }))
    await store.save({ sagaId: 's1', writeId: 'theirs', at: 0, tried }, { ...loaded.saga, owed, due }, loaded.basis)
    scene.channel.always(DELIVERED)
    await scene.create('s2')
    await scene.runtime.advance(2_000)
    expect(scene.channel.ids.filter((id) => id === 's1/0/0')).toHaveLength(1)
    await scene.stop()
  })

  test('I5 a command without capacity does not hide what the same saga owes to another channel', async () => {
    const store = shared()
    const { runtime } = await dead(store)
    const back = stage({ store, runtime, definition: TWO_CHANNELS })
    back.orchestrator.start()
    await runtime.advance(1_000)
    // Tried before, without capacity now; the debt to the other channel comes due later.
    const [now, id] = [runtime.wallClock(), 's2999']
    const loaded = await store.load(id)
    if (loaded === undefined) throw new Error('there is no saga')
    const [first] = loaded.saga.owed
    if (first === undefined) throw new Error('it owes nothing')
    const second = { ...first, id: `${id}/1/0`, label: 'ship', channel: 'other', due: now + 3_000 }
    const owed = [{ ...first, tried: true as const, due: now - 1 }, second]
    await store.save({ sagaId: id, writeId: 'x', at: 0 }, { ...loaded.saga, owed, due: now - 1 }, loaded.basis)
    await runtime.advance(8_000)
    expect(back.other.ids).toContain(second.id)
    expect(back.channel.ids).not.toContain(first.id)
    // It was put off with a lease of this process, which need not wait for its own leases.
    back.channel.always(DELIVERED)
    await runtime.advance(5_000)
    expect(back.channel.ids).toContain(first.id)
    await back.stop()
  })

  test('I5 new commands wait for no backlog: they and recovered ones start in turns', async () => {
    const store = shared()
    const { runtime } = await dead(store)
    const back = stage({ store, runtime, definition: TWO_CHANNELS })
    back.orchestrator.start()
    await runtime.advance(1_000)
    for (let at = 0; at < 64; at++) await back.create(`fresh${at}`)
    for (const id of back.channel.ids.slice(0, DEFAULTS.sendsAtOnce)) back.channel.answer(id)
    await runtime.advance(0)
    expect(back.channel.ids.filter((id) => id.startsWith('fresh'))).toHaveLength(64)
    expect(back.channel.open).toBeLessThanOrEqual(DEFAULTS.sendsAtOnce)
    await back.stop()
  })

  test('P17 a saga written late, at a place already read, is found within a minute', async () => {
    const store = shared()
    const { runtime } = await dead(store)
    const back = stage({ store, runtime, definition: TWO_CHANNELS })
    back.orchestrator.start()
    await runtime.advance(5_000)
    const writer = stage({ store, runtime, definition: TWO_CHANNELS })
    await writer.create('late')
    await writer.tell('paid', undefined, 'late')
    await moveDue(store, 'late', runtime.wallClock() - 60_000)
    await runtime.advance(70_000)
    expect(back.other.ids).toContain('late/1/0')
    await back.stop()
  })
})

/** The first command was delivered; the second one has been due since then. */
async function moveDue(store: FakeStore, id: string, due: Instant): Promise<void> {
  const loaded = await store.load(id)
  if (loaded === undefined) throw new Error('there is no saga')
  const owed = loaded.saga.owed.slice(1).map((debt) => ({ ...debt, due }))
  await store.save({ sagaId: id, writeId: `moved-${due}`, at: 0 }, { ...loaded.saga, owed, due }, loaded.basis)
}

test('P19 a cron trigger finds a lease that ended after the sweep under way had read the store', async () => {
  const store = fakeStore()
  const { runtime, create } = stage({ store })
  await create()
  const pages = Promise.withResolvers<void>()
  store.holdPages(pages.promise)
  const back = stage({ store, runtime })
  back.channel.always(DELIVERED)
  back.orchestrator.start()
  await runtime.advance(LEASE) // its first sweep still waits for the page that it read at the start
  const looked = back.orchestrator.look()
  pages.resolve()
  await passing(runtime, looked)
  expect(back.channel.ids).toEqual(['s1/0/0'])
  await back.stop()
})
