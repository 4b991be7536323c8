import { describe, expect, test } from 'vitest'
import type { ListQuery } from '../../src/ports/persistency.ts'
import { LEASE, NOW } from './build.ts'
import { create, move, note } from './saves.ts'
import { expectStored, withStore } from './subject.ts'
import type { Damage, StoreSubject } from './subject.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'

const HOW: readonly Damage[] = ['cut', 'type']
/** More damaged sagas at the front than a page holds. */
const MANY = 7
const PAGE = 3

/** One unreadable saga has an error of its own; other sagas, recovery and lists go on (P20, I9). */
export function damage(subject: StoreSubject): void {
  describe('damage', () => {
    test.each(HOW)('P20 a damaged saga is named by every read of it and blocks no other: %s', (how) =>
      damaging(subject, async (store, spoil) => {
        const [one, other] = [await create(store, { metadata: { n: 1 } }), await create(store)]
        const mend = await spoil(one.saga.id, how)
        const named = { code: 'saga-unreadable', retryable: false, message: expect.stringContaining(one.saga.id) }
        await expect(store.load(one.saga.id)).rejects.toMatchObject(named)
        await expect(store.document(one.saga.id)).rejects.toMatchObject(named)
        expect((await store.probe()).ok).toBe(true)
        await expectStored(store, await move(store, other, 'reserved'))
        await mend()
        await expectStored(store, await move(store, await expectStored(store, one), 'reserved'))
      }),
    )

    test.each(HOW)('P14 P18 damaged sagas at the front hide none from the sweep: %s', (how) =>
      damaging(subject, async (store, spoil) => {
        const { recovery } = store.can
        if (recovery.by !== 'sweep') return expect(recovery).not.toHaveProperty('findDue')
        const first = await several(store, MANY)
        const sound = await several(store, 2, MANY)
        const mends = await all(first, ({ saga }) => spoil(saga.id, how))
        const find = async (limit: number) => idsOf(await recovery.findDue(NOW + 2 * LEASE, limit))
        for (let look = 0; look < 2; look++) expect(await find(PAGE)).toEqual(idsOf(sound))
        expect(await find(1)).toEqual(idsOf(sound.slice(0, 1)))
        for (const mend of mends) await mend()
        expect(await find(MANY + 2)).toEqual(idsOf([...first, ...sound]))
      }),
    )

    test('C7 a list names damaged sagas, in pages that leave out none', () =>
      damaging(subject, async (store, spoil) => {
        const { list } = store.can
        if (list === false) return expect(list).toBe(false)
        const made = await several(store, 4)
        const broken = await several(store, MANY, 4)
        await all(broken, ({ saga }) => spoil(saga.id, 'cut'))
        const items: string[] = []
        const unreadable = new Set<string>()
        for (let after: ListQuery['after'], pages = 0; pages === 0 || after !== undefined; pages++) {
          const page = await list.page({ limit: PAGE, after })
          items.push(...page.items.map(({ id }) => id))
          for (const { id, why } of page.unreadable ?? []) {
            expect(why).toMatch(/.+/)
            unreadable.add(id)
          }
          after = page.next
        }
        expect(items.toSorted()).toEqual(idsOf(made).toSorted())
        expect([...unreadable].toSorted()).toEqual(idsOf(broken).toSorted())
      }))

    test('retention removes the others', () =>
      damaging(subject, async (store, spoil) => {
        const { removal } = store.can
        if (removal === false) return expect(removal).toBe(false)
        const broken = await all([1, 2, 3, 4], () => final(store))
        const old = await all([1, 2], () => final(store))
        await all(broken, ({ saga }) => spoil(saga.id, 'type'))
        expect(await removal.removeFinal(NOW + 5_000, 2)).toBe(2)
        for (const { saga } of old) expect(await store.load(saga.id)).toBeUndefined()
      }))
  })
}

type Spoil = NonNullable<StoreSubject['spoil']>

/** Where the suite cannot reach the stored data, it asserts the gap. */
function damaging(subject: StoreSubject, run: (store: Persistency, spoil: Spoil) => Promise<unknown>): Promise<void> {
  return withStore(subject, async (store) => {
    const { spoil, gaps } = subject
    if (gaps?.damage !== undefined) return expect(spoil, gaps.damage).toBeUndefined()
    if (spoil === undefined) throw new TypeError('hold a store to the suite: expected a way to spoil a saga, or a gap')
    await run(store, spoil)
  })
}

async function all<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (const item of items) done.push(await run(item))
  return done
}

function several(store: Persistency, count: number, later = 0): Promise<Loaded[]> {
  const places = Array.from({ length: count }, (_, place) => NOW + later + place)
  return all(places, (at) => create(store, { at }))
}

async function final(store: Persistency): Promise<Loaded> {
  const done = await move(store, await move(store, await create(store, { at: NOW }), 'reserved'), 'charged')
  return note(store, done, { settled: done.saga.owed.map(({ id }) => id) })
}

function idsOf(found: readonly Loaded[]): string[] {
  return found.map(({ saga }) => saga.id)
}
