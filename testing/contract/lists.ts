import { describe, expect, test } from 'vitest'
import { encodeSummary } from '../../src/codec/saga-summary.ts'
import type { ListQuery, Loaded, Page, Persistency } from '../../src/ports/persistency.ts'
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

    test('C7 each filter by mark, alone and with others', () =>
      listing(subject, async (store, page) => {
        await markedScene(store)
        const cases: readonly (readonly [Partial<ListQuery>, string])[] = [
          [{ has: 'owed' }, 'decoy failing moved timed'],
          [{ has: 'dead-letters' }, 'dead dead-event'],
          [{ has: 'parked' }, 'parked'],
          [{ has: 'timer' }, 'timed'],
          [{ has: 'hold' }, 'held'],
          [{ channel: 'bank' }, 'moved'],
          [{ channel: 'warehouse' }, 'dead decoy failing moved timed'],
          [{ channel: 'ware' }, ''],
          [{ attemptsAtLeast: 1 }, 'failing'],
          [{ attemptsAtLeast: 10 }, 'failing'],
          [{ attemptsAtLeast: 11 }, ''],
          [{ enteredBefore: NOW - 9_000 }, ''],
          [{ enteredBefore: NOW - 8_999 }, 'failing'],
          [{ enteredBefore: NOW + 10_000 }, 'dead dead-event decoy failing held parked timed'],
          [{ enteredBefore: NOW + 10_001 }, 'dead dead-event decoy failing held moved parked timed'],
          [{ has: 'owed', channel: 'bank', currentState: 'paying' }, 'moved'],
          [{ has: 'owed', channel: 'bank', currentState: 'open' }, ''],
          [{ has: 'dead-letters', isFinal: false, associatedEntityId: 'customer/7' }, 'dead'],
          [{ has: 'dead-letters', isFinal: true }, ''],
          [
            { has: 'owed', attemptsAtLeast: 3, channel: 'warehouse', enteredBefore: NOW, since: NOW - 9_000 },
            'failing',
          ],
        ]
        for (const [query, expected] of cases) {
          const found = ids(await page({ ...query, limit: 20 })).toSorted()
          expect(found.join(' '), JSON.stringify(query)).toBe(expected)
        }
      }))

    test('C7 pages by mark leave out nothing and repeat nothing', () =>
      listing(subject, async (store, page) => {
        for (let n = 0; n < 12; n++) {
          const made = await settled(store, await create(store, { id: `s-${n}`, at: NOW + (n >> 1) }))
          if (n % 2 === 0) await note(store, made, { hold: { since: NOW } })
        }
        const seen: string[] = []
        for (let after: Page['next'], pages = 0; pages === 0 || after !== undefined; pages++) {
          const found = await page({ has: 'hold', limit: 2, after })
          seen.push(...ids(found))
          after = found.next
        }
        expect(seen).toEqual(['s-10', 's-8', 's-6', 's-4', 's-2', 's-0'])
      }))

    test('C7 a mark that is gone is not listed', () =>
      listing(subject, async (store, page) => {
        const held = await note(store, await create(store), { hold: { since: NOW } })
        expect(ids(await page({ has: 'hold', limit: 5 }))).toEqual([held.saga.id])
        await note(store, held, { hold: null })
        expect(ids(await page({ has: 'hold', limit: 5 }))).toEqual([])
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

    test('C7 an item has the marks of its head: commands, dead letters, parked events, timer and hold', () =>
      listing(subject, async (store, page) => {
        await markedScene(store)
        const { items } = await page({ limit: 20 })
        const marks = Object.fromEntries(items.map((item) => [item.id, encodeSummary(item).marks]))
        expect(marks).toEqual({
          failing: { owed: 1 },
          dead: { deadLetters: 1 },
          'dead-event': { deadLetters: 1 },
          parked: { parked: 1 },
          timed: { owed: 1, timer: new Date(NOW + 5_000).toISOString() },
          held: { hold: new Date(NOW).toISOString() },
          moved: { owed: 2 },
          decoy: { owed: 2 },
        })
        for (const item of items) {
          const loaded = await store.load(item.id)
          expect(loaded && encodeSummary(loaded.saga)).toEqual(encodeSummary(item))
        }
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

/** One saga for each mark, and one whose payload has the words of all of them. */
async function markedScene(store: Persistency): Promise<void> {
  const first = ({ saga }: Loaded) => saga.owed[0]?.id ?? ''
  const failing = await create(store, { id: 'failing', at: NOW - 9_000 })
  await note(store, failing, { tried: [{ id: first(failing), attempts: 10, due: NOW, started: true }] })
  const dead = await create(store, { id: 'dead', entity: 'customer/7' })
  const letter = { label: 'reserve', payload: {}, why: '400', since: NOW, attempts: 1 }
  await note(store, dead, { dead: [{ ...letter, id: first(dead), channel: 'warehouse' }] })
  const deadEvent = await settled(store, await create(store, { id: 'dead-event' }))
  await note(store, deadEvent, { dead: [{ ...letter, kind: 'event', id: 'e' }] })
  const parked = await settled(store, await create(store, { id: 'parked' }))
  const event = { id: 'early', sagaId: 'parked', label: 'charged', payload: {} }
  await note(store, parked, { parked: [{ event, since: NOW, expires: NOW + 1 }] })
  await create(store, { id: 'timed', timer: { step: 0, deadline: NOW + 5_000, resends: 0 } })
  await note(store, await settled(store, await create(store, { id: 'held' })), { hold: { since: NOW } })
  await move(store, await create(store, { id: 'moved' }), { label: 'reserved', at: NOW + 10_000 })
  const decoy = await create(store, {
    id: 'decoy',
    metadata: { dead: [1], parked: [1], hold: {}, timer: {}, channel: 'bank' },
  })
  await move(store, decoy, 'asked again') // the first command keeps its own payload
}

function settled(store: Persistency, loaded: Loaded): Promise<Loaded> {
  return note(store, loaded, { settled: loaded.saga.owed.map(({ id }) => id) })
}

function ids(page: Page): string[] {
  return page.items.map(({ id }) => id)
}
