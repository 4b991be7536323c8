import { expect, test } from 'vitest'
import { pageOfSagas } from '../../../src/orchestrator/answer-filter.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { ListQuery, Page } from '../../../src/ports/persistency.ts'

/** A store of so many sagas; every third has the answer `422`, the others `503`. */
function store(sagas: number): { readonly page: (query: ListQuery) => Promise<Page>; readonly queries: ListQuery[] } {
  const all = Array.from({ length: sagas }, (_, n) => {
    const last = { at: 1, status: n % 3 === 0 ? 422 : 503 }
    return { id: `s${n}`, createdAt: sagas - n, owed: [], deadLetters: [{ channel: 'bank', last }] } as unknown as Saga
  })
  const queries: ListQuery[] = []
  return {
    queries,
    async page(query) {
      queries.push(query)
      const from = query.after === undefined ? 0 : all.findIndex(({ id }) => id === query.after?.id) + 1
      const items = all.slice(from, from + query.limit)
      const last = from + query.limit < sagas ? items.at(-1) : undefined
      return { items, next: last && { createdAt: last.createdAt, id: last.id } }
    },
  }
}

const FILTER = { has: 'dead-letters', channel: 'bank', lastAnswer: '422' } as const

test('C7 without the filter a page is that of the store', async () => {
  const list = store(7)
  expect((await pageOfSagas(list, { limit: 3 })).items).toHaveLength(3)
  expect(list.queries).toEqual([{ limit: 3 }])
})

test.each([1, 2, 7, 50, 200])('C7 pages of %i have each saga of the answer once, and no other', async (limit) => {
  const list = store(1_000)
  const found: string[] = []
  let after: ListQuery['after']
  do {
    const page: Page = await pageOfSagas(list, { ...FILTER, limit, after })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    found.push(...page.items.map(({ id }) => id))
    after = page.next
  } while (after !== undefined)
  expect(found).toEqual(Array.from({ length: 334 }, (_, n) => `s${3 * n}`))
  expect(list.queries.every((query) => !('lastAnswer' in query))).toBe(true)
})

test.each([
  ['a page that the store goes on after', { createdAt: 1, id: 's0' }],
  ['the last page', undefined],
])('C7 a page that is full with the last saga of %s', async (_, next) => {
  const { page } = store(1)
  const list = { page: async (query: ListQuery) => ({ ...(await page(query)), next }) }
  const found = await pageOfSagas(list, { ...FILTER, limit: 1 })
  expect([found.items.length, found.next]).toEqual([1, next])
})

test('I5 one page reads a bounded number of sagas, and ends early with a cursor', async () => {
  const list = store(5_000)
  const page = await pageOfSagas(list, { ...FILTER, lastAnswer: 'none has it', limit: 50 })
  expect([page.items.length, list.queries.length, page.next?.id]).toEqual([0, 10, 's1999'])
})

test('C7 a saga that was created since cannot have entered its state before: the store looks at older ones alone', async () => {
  const list = store(7)
  await pageOfSagas(list, { limit: 3, enteredBefore: 5 })
  await pageOfSagas(list, { limit: 3, enteredBefore: 5, until: 9 })
  await pageOfSagas(list, { limit: 3, enteredBefore: 5, until: 2 })
  expect(list.queries.map(({ until }) => until)).toEqual([5, 5, 2])
  expect(list.queries.every(({ enteredBefore }) => enteredBefore === 5)).toBe(true)
})
