import { describe, expect, test } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Instant, Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import type { FakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

const MANY = 1_000
const LEASE = 10_000 + DEFAULTS.leaseMargin
const YEAR = 365 * 86_400_000

const STORES = [
  ['shared', () => counting(fakeStore(timelessMemory({ shared: true })))],
  ['not shared', () => counting(fakeStore())],
] as const

interface CountingStore extends FakeStore {
  readonly queries: number
}

/** Counts the queries for due sagas. */
function counting(store: FakeStore): CountingStore {
  const { recovery } = store.can
  if (recovery.by !== 'sweep') throw new Error('the store cannot be asked for due sagas')
  let queries = 0
  const findDue: typeof recovery.findDue = (...asked) => {
    queries++
    return recovery.findDue(...asked)
  }
  Object.assign(store, { can: { ...store.can, recovery: { by: 'sweep', findDue } } })
  return Object.defineProperty(store, 'queries', { get: () => queries }) as CountingStore
}

/** Arms a timer for a saga, as a version with timers would have; `owes: false` takes its commands away. */
async function arm(store: FakeStore, id: SagaId, deadline: Instant, { owes = false } = {}): Promise<void> {
  const loaded = await store.load(id)
  if (loaded === undefined) throw new Error(`there is no saga "${id}"`)
  const owed = owes ? loaded.saga.owed : []
  const due = Math.min(deadline, ...owed.map((debt) => debt.due))
  const next: Saga = { ...loaded.saga, owed, timer: { step: 0, deadline, resends: 0 }, due }
  await store.save({ sagaId: id, writeId: `armed-${id}`, at: 0 }, next, loaded.basis)
}

/** A process that ended and left sagas with a timer and nothing else. */
async function withTimers(store: FakeStore, after: number): Promise<Stage> {
  const dead = stage({ store })
  await dead.createAll(Array.from({ length: MANY }, (_, at) => `t${at}`))
  await Promise.all(Array.from({ length: MANY }, (_, at) => arm(store, `t${at}`, dead.runtime.wallClock() + after)))
  return dead
}

describe('due timers that nothing can carry out now', () => {
  test.each(STORES)('P18 I5 thousands of them do not hold up a due command; store %s', async (_, open) => {
    const store = open()
    const { runtime, create } = await withTimers(store, -1_000)
    await create('owing')
    await runtime.advance(LEASE)
    const back = stage({ store, runtime })
    back.channel.always(DELIVERED)
    const saves = store.saves.length
    back.orchestrator.start()
    await runtime.advance(2_000)
    expect(back.channel.ids).toEqual(['owing/0/0'])
    expect(store.saves.slice(saves).every(({ sagaId }) => sagaId === 'owing')).toBe(true)
    const queries = store.queries
    await runtime.advance(600_000)
    // One query a second, and every minute all of them once more.
    expect(store.queries - queries).toBeLessThan(600 + 10 * (MANY / DEFAULTS.sweepPage + 4) + 20)
    await back.stop()
  })

  test('P18 I5 an endless row of them leaves every other part of recovery its turn', async () => {
    const store = fakeStore()
    const { owed: _, ...template } = birth({ id: 't' }).next
    let queries = 0
    const findDue = async (): Promise<Loaded[]> => {
      const timer = { step: 0, deadline: 1, resends: 0 }
      return [{ saga: { ...template, id: `t${queries++}`, owed: [], timer, due: 1 }, basis: 'b' }]
    }
    Object.assign(store, { can: { ...store.can, recovery: { by: 'sweep', findDue } } })
    const scene = stage({ store })
    const all = DEFAULTS.sendsAtOnce + DEFAULTS.queue + 100 // the last hundred find no place
    await scene.createAll(Array.from({ length: all }, (_unused, at) => `s${at}`))
    scene.orchestrator.start()
    await scene.runtime.advance(1_000)
    expect(queries).toBeGreaterThan(2 * DEFAULTS.sweepPages)
    expect(scene.channel.ids).toHaveLength(DEFAULTS.sendsAtOnce)
    scene.channel.always(DELIVERED)
    await scene.runtime.advance(2_000)
    expect(new Set(scene.channel.ids).size).toBe(all)
    expect(store.saves.every(({ sagaId }) => sagaId.startsWith('s'))).toBe(true)
    await scene.stop()
  })

  test.each(STORES)(
    'P18 I9 one does not hide the debts of its own saga that come due later; store %s',
    async (_, open) => {
      const store = open()
      const dead = stage({ store })
      await dead.create('both')
      await arm(store, 'both', dead.runtime.wallClock() - 1_000, { owes: true })
      const back = stage({ store, runtime: dead.runtime })
      back.channel.always(BUSY)
      back.orchestrator.start()
      await dead.runtime.advance(LEASE + 2 * DEFAULTS.sweep)
      expect(back.channel.ids.length).toBeGreaterThan(0)
      back.channel.always(DELIVERED)
      await dead.runtime.advance(2 * LEASE)
      expect((await store.load('both'))?.saga).toMatchObject({ owed: [], timer: { step: 0 } })
      await back.stop()
    },
  )

  test.each(STORES)(
    'P18 P23 deadlines far ahead are not taken for another clock’s, and cost little; store %s',
    async (_, open) => {
      const store = open()
      const { runtime } = await withTimers(store, YEAR)
      const back = stage({ store, runtime })
      back.orchestrator.start()
      await runtime.advance(60_000)
      const [saves, queries] = [store.saves.length, store.queries]
      await runtime.advance(600_000)
      expect(store.saves.length).toBe(saves)
      expect(store.queries - queries).toBeLessThan(600 + 11 * (MANY / DEFAULTS.sweepPage + 4) + 20)
      await back.stop()
    },
  )

  test('P18 P19 an alarm claims everything else that is due in one write', async () => {
    const store = fakeStore()
    const dead = stage({ store })
    await dead.create('both')
    await arm(store, 'both', dead.runtime.wallClock() - 1_000, { owes: true })
    await dead.runtime.advance(LEASE)
    const back = stage({ store, runtime: dead.runtime })
    const saves = store.saves.length
    const woken = back.orchestrator.wake('both')
    await back.settle()
    expect(back.channel.ids).toEqual(['both/0/0'])
    expect(store.saves.slice(saves)).toMatchObject([{ sagaId: 'both', tried: [{ id: 'both/0/0' }] }])
    back.channel.always(DELIVERED)
    await woken
    await back.stop()
  })
})
