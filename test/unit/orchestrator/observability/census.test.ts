import { describe, expect, test } from 'vitest'
import type { StateCount } from '../../../../src/codec/state-count.ts'
import { Census } from '../../../../src/orchestrator/observability/census.ts'
import type { Capabilities, CountQuery, ListQuery } from '../../../../src/ports/persistency.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import type { SimulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { memoryPersistency } from '../../../../adapters/persistency/memory.ts'
import { MACHINE } from '../../../../testing/contract/build.ts'
import { create } from '../../../../testing/contract/saves.ts'

type Counting = Extract<Capabilities['counts'], object>

/** A census over a store that answers `count` after so many ms. */
function stage({ count, list = false }: { count?: Counting['count']; list?: Capabilities['list'] }) {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const can = { counts: count === undefined ? (false as const) : { count }, list }
  const census = new Census({ machine: MACHINE, can, runtime, metrics })
  const stored = () =>
    metrics.lines.filter((line) => line.startsWith('stored ')).map((line) => JSON.parse(line.slice(7)) as unknown)
  const lines = () => runtime.logged.filter(({ code }) => code === 'store.counted').map(({ fields }) => fields)
  return { runtime, census, stored, lines }
}

const OPEN_STATES = [...MACHINE.states].filter(([, { isFinal }]) => !isFinal).map(([state]) => state)
const NO_SAGAS = Object.fromEntries([...OPEN_STATES, 'other'].map((state) => [state, 0]))
const NONE = { total: 0, owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0 }
const OPEN: readonly StateCount[] = [
  { ...NONE, state: 'open', total: 3, owed: 2, parked: 1, timers: 1, held: 1, oldestDebt: -8_000 },
  { ...NONE, state: 'gone long since', total: 4, deadLetters: 1 },
]

function answerOf({ isFinal, has }: CountQuery): readonly StateCount[] {
  if (isFinal === false) return OPEN
  return [{ ...NONE, state: 'paid', total: has === 'owed' ? 5 : 7, oldestDebt: -1_000 }]
}

/** Resolves after the first count: the store in memory takes real time for its slices. */
async function counted(runtime: SimulatedRuntime, stored: () => readonly unknown[]): Promise<void> {
  const advanced = async () => {
    await runtime.advance(50)
    return stored().length > 0
  }
  await expect.poll(advanced, { timeout: 15_000 }).toBe(true)
}

describe('the census', () => {
  test('C7 counts open sagas by state, and final ones that owe or have dead letters; one line at start', async () => {
    const { runtime, census, stored, lines } = stage({ count: async (query) => answerOf(query) })
    census.start()
    await runtime.settle()
    const at = runtime.wallClock()
    expect(stored()).toEqual([
      {
        states: { ...NO_SAGAS, open: 3, other: 4 },
        owing: 7,
        oldestDebt: (at + 8_000) / 1_000,
        deadLetters: 8,
        parked: 1,
        timers: 1,
        held: 1,
        at,
      },
    ])
    const oldestDebt = new Date(-8_000).toISOString()
    const sagas = { other: 4, open: 3 }
    expect(lines()).toEqual([{ sagas, owing: 7, deadLetters: 8, parked: 1, timers: 1, held: 1, oldestDebt }])
    await runtime.advance(15_000)
    expect([stored().length, lines().length]).toEqual([2, 1])
    census.stop()
    expect(runtime.timers).toBe(0)
  })

  test('C7 a slow store is counted more seldom, and the line at start does not wait for it', async () => {
    let counts = 0
    const count = async () => {
      counts++
      await new Promise<void>((resolve) => runtime.after(3_000, resolve))
      return []
    }
    const { runtime, census, stored, lines } = stage({ count })
    census.start()
    await runtime.advance(5_000)
    expect(lines()).toEqual([{ sagas: {}, owing: 0, deadLetters: 0, parked: 0, timers: 0, held: 0, isWhole: false }])
    await runtime.advance(4_000)
    expect([stored().length, counts]).toEqual([1, 3])
    await runtime.advance(200 * 9_000 - 2_000)
    expect(counts).toBe(3)
    await runtime.advance(2_000)
    expect([counts, lines().length]).toEqual([4, 1])
    census.stop()
  })

  test('C7 a store that is away is asked again, and the line at start says why nothing was counted', async () => {
    let isAway = true
    const { runtime, census, stored, lines } = stage({
      count: async (query) => (isAway ? Promise.reject(new Error('connection refused')) : answerOf(query)),
    })
    census.start()
    await runtime.settle()
    expect(lines()).toMatchObject([{ isWhole: false, why: 'connection refused' }])
    expect(stored()).toEqual([])
    isAway = false
    await runtime.advance(15_000)
    expect(stored()).toHaveLength(1)
    census.stop()
  })

  test('C7 a count that is under way at the end publishes nothing, and begins no other', async () => {
    const count = async (query: CountQuery) => {
      await new Promise<void>((resolve) => runtime.after(1_000, resolve))
      return answerOf(query)
    }
    const { runtime, census, stored, lines } = stage({ count })
    census.start()
    await runtime.advance(500)
    census.stop()
    await runtime.advance(60_000)
    expect([stored(), lines(), runtime.timers]).toEqual([[], [], 0])
  })

  test('C7 a store that lists and cannot count is read page by page', async () => {
    const store = memoryPersistency()
    const queries: ListQuery[] = []
    const { list } = store.can
    if (list === false) throw new Error('expected a store that lists')
    const { runtime, census, stored } = stage({
      list: {
        page: (query) => {
          queries.push(query)
          return list.page({ ...query, limit: 2 })
        },
      },
    })
    for (let n = 0; n < 5; n++) await create(store)
    census.start()
    await counted(runtime, stored)
    expect(queries.filter(({ isFinal }) => isFinal === false)).toHaveLength(3)
    expect(stored()).toMatchObject([{ states: { open: 5 }, owing: 5 }])
    census.stop()
  })

  test('C7 a store that lists and has no numbers yet is read page by page', async () => {
    const { can } = memoryPersistency()
    const store = stage({ count: async () => ({ why: 'they are counted in a minute' }), list: can.list })
    store.census.start()
    await counted(store.runtime, store.stored)
    expect(store.stored()).toMatchObject([{ states: NO_SAGAS }])
    store.census.stop()
    const unlisted = stage({ count: async () => ({ why: 'they are counted in a minute' }) })
    unlisted.census.start()
    await unlisted.runtime.settle()
    expect(unlisted.lines()).toMatchObject([{ why: 'count sagas: they are counted in a minute' }])
    unlisted.census.stop()
  })

  test('C7 a final state has a number only while sagas that are not final are in it', async () => {
    const [final = ''] = [...MACHINE.states.keys()].filter((state) => !OPEN_STATES.includes(state))
    const inIt = stage({
      count: async ({ isFinal }) => (isFinal === false ? [{ ...NONE, state: final, total: 2 }] : []),
    })
    inIt.census.start()
    await inIt.runtime.settle()
    expect(inIt.stored()).toMatchObject([{ states: { ...NO_SAGAS, [final]: 2 } }])
    inIt.census.stop()
  })

  test('C7 a store that can neither count nor list costs nothing', async () => {
    const { runtime, census, stored, lines } = stage({})
    census.start()
    await runtime.advance(60_000)
    expect([stored(), lines(), runtime.timers]).toEqual([[], [], 0])
  })
})
