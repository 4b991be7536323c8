import { describe, expect, test } from 'vitest'
import { memoryPersistency } from '../../../../adapters/persistency/memory.ts'
import { COUNTED_ONE_BY_ONE, countSagas } from '../../../../src/orchestrator/observability/count-sagas.ts'
import type { Capabilities, ListQuery, Page } from '../../../../src/ports/persistency.ts'
import { create } from '../../../../testing/contract/saves.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const runtime = simulatedRuntime()

function storeWith(can: Pick<Capabilities, 'counts' | 'list'>) {
  return { name: 'memory', can: { ...memoryPersistency().can, ...can } }
}

/** A list without an end, of the sagas of one page. */
async function endless() {
  const store = memoryPersistency()
  await create(store)
  const { list } = store.can
  if (list === false) throw new Error('expected a store that lists')
  const { items } = await list.page({ limit: 1 })
  const queries: ListQuery[] = []
  const page = async (query: ListQuery): Promise<Page> => {
    queries.push(query)
    const all = Array.from({ length: query.limit }, () => items).flat()
    return { items: all, next: { createdAt: 0, id: `page ${queries.length}` } }
  }
  return { queries, page }
}

describe('counting the sagas of a request', () => {
  test('C7 a store without numbers of its own is counted one by one, with the same filters', async () => {
    const store = memoryPersistency()
    for (let n = 0; n < 450; n++) await create(store)
    const { list, counts } = store.can
    const asked = { currentState: 'open', has: 'owed' } as const
    const counted = await countSagas(runtime, storeWith({ counts: false, list }), asked)
    expect(counted).toMatchObject([{ state: 'open', total: 450, owed: 450 }])
    expect(counts && (await counts.count(asked))).toEqual(counted)
  })

  test('C7 a store with numbers of its own lists nothing', async () => {
    const own = [{ state: 'open', total: 3, owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0 }]
    const page = () => Promise.reject(new Error('nothing is listed'))
    const store = storeWith({ counts: { count: async () => own }, list: { page } })
    expect(await countSagas(runtime, store, {})).toEqual(own)
  })

  test('C7 more sagas than are read one by one have no numbers, and the reason says so', async () => {
    const { page, queries } = await endless()
    const counted = await countSagas(runtime, storeWith({ counts: false, list: { page } }), {})
    expect(counted).toEqual({
      why: `the store "memory" cannot count, and there are more than ${COUNTED_ONE_BY_ONE} sagas to read one by one: narrow the filters, or count the pages of the list`,
    })
    expect(queries).toHaveLength(COUNTED_ONE_BY_ONE / 200)
  })

  test('C7 a slow list is read for a few seconds, not to its end', async () => {
    const { page, queries } = await endless()
    const slow = async (query: ListQuery) => {
      await new Promise<void>((resolve) => runtime.after(1_000, resolve))
      return page(query)
    }
    const counting = countSagas(runtime, storeWith({ counts: false, list: { page: slow } }), {})
    await runtime.advance(20_000)
    expect(await counting).toMatchObject({ why: expect.stringContaining('5000 ms') })
    expect(queries).toHaveLength(5)
  })

  test('C7 numbers that the store has not yet keep its reason, and none is asked for where it cannot list', async () => {
    const { page } = await endless()
    const counts = { count: async () => ({ why: 'they are being counted' }) }
    expect(await countSagas(runtime, storeWith({ counts, list: { page } }), {})).toEqual({
      why: 'they are being counted',
    })
    expect(await countSagas(runtime, storeWith({ counts, list: false }), {})).toEqual({ why: 'they are being counted' })
    expect(await countSagas(runtime, storeWith({ counts: false, list: false }), {})).toBe(false)
  })
})
