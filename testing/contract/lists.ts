import { describe, expect, test } from 'vitest'
import { encodeSummary } from '../../src/codec/document.ts'
import type { ListQuery, Page, Persistency } from '../../src/ports/persistency.ts'
import { NOW } from './build.ts'
import { create, move, note } from './saves.ts'
import { withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** `GET /sagas` (C7): filters, order (newest creation first, then id), pages without gaps or repeats. */
export function lists(subject: StoreSubject): void {
  describe('lists', () => {
    test('C7 newest creation first, then id', () =>
      listing(subject, async (store, page) => {
        await create(store, { id: 'b', at: NOW })
        await create(store, { id: 'c', at: NOW - 1 })
        await create(store, { id: 'a', at: NOW })
        await create(store, { id: 'd', at: NOW + 1 })
        expect(ids(await page({ limit: 10 }))).toEqual(['d', 'a', 'b', 'c'])
      }))

    test('C7 each filter, and all of them', () =>
      listing(subject, async (store, page) => {
        await scene(store)
        const cases: readonly (readonly [Partial<ListQuery>, string])[] = [
          [{ currentState: 'open' }, 'looping new old'],
          [{ currentState: 'paying' }, 'paying'],
          [{ currentState: 'nowhere' }, ''],
          [{ businessStateId: 1 }, 'looping new old'],
          [{ businessStateId: '1' }, 'paying'],
          [{ businessStateId: 9 }, ''],
          [{ isFinal: true }, 'done'],
          [{ isFinal: false }, 'looping new old paying silent'],
          [{ associatedEntityId: 'customer/7' }, 'done new paying'],
          [{ associatedEntityId: '' }, 'looping old silent'],
          [{ since: NOW }, 'looping new'],
          [{ until: NOW }, 'done old paying silent'],
          [{ since: NOW - 3_000, until: NOW - 1_000 }, 'paying silent'],
          [{ associatedEntityId: 'customer/7', isFinal: false, until: NOW }, 'paying'],
          [
            {
              currentState: 'open',
              businessStateId: 1,
              isFinal: false,
              associatedEntityId: '',
              since: NOW - 9_000,
              until: NOW,
            },
            'old',
          ],
        ]
        for (const [query, expected] of cases) {
          const found = ids(await page({ ...query, limit: 10 }))
            .toSorted()
            .join(' ')
          expect(found, JSON.stringify(query)).toBe(expected)
        }
      }))

    test('C4.5 a saga that has left a final state is listed as open', () =>
      listing(subject, async (store, page) => {
        const done = await move(store, await move(store, await create(store), 'reserved'), 'charged')
        expect(ids(await page({ isFinal: true, limit: 1 }))).toEqual([done.saga.id])
        await move(store, done, 'reopened')
        expect(ids(await page({ isFinal: false, limit: 1 }))).toEqual([done.saga.id])
        expect(ids(await page({ isFinal: true, limit: 1 }))).toEqual([])
      }))

    test('C7 an item is the head as it stands', () =>
      listing(subject, async (store, page) => {
        const made = await create(store, { entity: 'customer/7', metadata: { n: 1 } })
        const moved = await move(store, made, 'reserved')
        const [item] = (await page({ limit: 1 })).items
        expect(item && encodeSummary(item)).toEqual(encodeSummary(moved.saga))
      }))

    test('C7 pages leave out nothing and repeat nothing while sagas are created', () =>
      listing(subject, async (store, page) => {
        const old = await Promise.all(Array.from({ length: 25 }, (_, n) => create(store, { at: NOW + (n >> 2) })))
        const seen: string[] = []
        for (let after: Page['next'], pages = 0; pages === 0 || after !== undefined; pages++) {
          const found = await page({ limit: 4, after })
          seen.push(...ids(found))
          after = found.next
          await create(store, { at: NOW + 100 + pages })
        }
        expect(seen).toHaveLength(25)
        expect(new Set(seen)).toEqual(new Set(old.map(({ saga }) => saga.id)))
      }))

    test('C7 pages with a filter, the last one without a cursor', () =>
      listing(subject, async (store, page) => {
        await Promise.all(Array.from({ length: 4 }, (_, n) => create(store, { entity: 'x', at: NOW + n })))
        await create(store)
        const first = await page({ associatedEntityId: 'x', limit: 2 })
        const second = await page({ associatedEntityId: 'x', limit: 2, after: first.next })
        expect([first.next === undefined, second.items.length, second.next]).toEqual([false, 2, undefined])
        expect((await page({ associatedEntityId: 'none', limit: 2 })).items).toEqual([])
      }))
  })
}

type AskPage = (query: ListQuery) => Promise<Page>

/** A store that cannot list says `false`, and `GET /sagas` answers 501 (C7). */
function listing(subject: StoreSubject, run: (store: Persistency, page: AskPage) => Promise<void>): Promise<void> {
  return withStore(subject, async (store) => {
    const { list } = store.can
    if (list === false) return expect(list, 'gap: it cannot list').toBe(false)
    return run(store, (query) => list.page(query))
  })
}

/** One saga for each filter. */
async function scene(store: Persistency): Promise<void> {
  await create(store, { id: 'old', at: NOW - 4_000 })
  const silent = await create(store, { id: 'silent', at: NOW - 3_000 })
  await move(store, silent, 'waved through')
  const paying = await create(store, { id: 'paying', entity: 'customer/7', at: NOW - 2_000 })
  await move(store, paying, 'reserved')
  const done = await create(store, { id: 'done', entity: 'customer/7', at: NOW - 1_000 })
  await move(store, await move(store, done, 'reserved'), 'charged')
  const looping = await move(store, await create(store, { id: 'looping', at: NOW }), 'asked again')
  await note(store, looping, { settled: looping.saga.owed.map(({ id }) => id) })
  await create(store, { id: 'new', entity: 'customer/7', at: NOW + 1_000 })
}

function ids(page: Page): string[] {
  return page.items.map(({ id }) => id)
}
