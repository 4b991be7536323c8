import { describe, expect, test } from 'vitest'
import { StateTally } from '../../src/codec/state-count.ts'
import type { StateCount } from '../../src/codec/state-count.ts'
import type { CountQuery, Loaded, Persistency } from '../../src/ports/persistency.ts'
import { NOW } from './build.ts'
import { create, move, note } from './saves.ts'
import { withStore } from './subject.ts'
import type { StoreSubject } from './subject.ts'

/** Numbers of sagas by state (`GET /sagas?counts=true`, C7). */
export function counts(subject: StoreSubject): void {
  describe('counts', () => {
    test('C7 an empty store has no state', () =>
      counting(subject, async (_, count) => {
        expect(await count({})).toEqual([])
      }))

    test('C7 each state has its sagas, those with each mark, and its oldest debt', () =>
      counting(subject, async (store, count) => {
        await scene(store)
        expect(await count({})).toEqual([
          { ...NONE, state: 'open', total: 4, owed: 3, deadLetters: 1, timers: 1, oldestDebt: NOW - 9_000 },
          { ...NONE, state: 'paying', total: 1, owed: 1, oldestDebt: NOW - 8_000 },
          { ...NONE, state: 'silent', total: 2, parked: 1, held: 1 },
        ])
      }))

    test('C7 a mark that is gone is not counted, and a state that was left neither', () =>
      counting(subject, async (store, count) => {
        const made = await settled(store, await create(store, { timer: { step: 0, deadline: NOW, resends: 0 } }))
        const held = await note(store, made, { hold: { since: NOW } })
        expect(await count({})).toEqual([{ ...NONE, state: 'open', total: 1, timers: 1, held: 1 }])
        const released = await note(store, held, { hold: null })
        expect(await count({})).toEqual([{ ...NONE, state: 'open', total: 1, timers: 1 }])
        await move(store, released, 'waved through')
        expect(await count({})).toEqual([{ ...NONE, state: 'silent', total: 1 }])
      }))

    test('C7 the filters of a list are those of the counts', () =>
      counting(subject, async (store, count) => {
        await scene(store)
        const cases: readonly (readonly [CountQuery, string])[] = [
          [{ currentState: 'open' }, 'open 4'],
          [{ currentState: 'nowhere' }, ''],
          [{ associatedEntityId: 'customer/7' }, 'open 1, paying 1'],
          [{ isFinal: true }, ''],
          [{ isFinal: false, since: NOW }, 'open 1, silent 2'],
          [{ until: NOW - 8_500 }, 'open 1'],
          [{ businessStateId: 1 }, 'open 4'],
          [{ has: 'owed' }, 'open 3, paying 1'],
          [{ has: 'hold' }, 'silent 1'],
          [{ has: 'dead-letters', currentState: 'open' }, 'open 1'],
          [{ channel: 'bank' }, 'paying 1'],
          [{ attemptsAtLeast: 2 }, 'open 1'],
          [{ enteredBefore: NOW - 8_999 }, 'open 1'],
        ]
        for (const [query, expected] of cases) {
          const found = (await count(query)).map(({ state, total }) => `${state} ${total}`)
          expect(found.join(', '), JSON.stringify(query)).toBe(expected)
        }
      }))

    test('C7 P20 a damaged saga hides no other from the counts', async () => {
      const { spoil } = subject
      if (spoil === undefined) return expect(subject.gaps?.damage).toMatch(/.+/)
      await counting(subject, async (store, count) => {
        const made = await create(store)
        await move(store, await create(store), 'reserved')
        await spoil(made.saga.id, 'cut')
        const found = new Map((await count({})).map(({ state, total }) => [state, total]))
        expect(found.get('paying')).toBe(1)
      })
    })
  })
}

const NONE = { total: 0, owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0 }

type AskCounts = (query: CountQuery) => Promise<readonly StateCount[]>

/** A store that cannot count says `false`, and the route answers 501. */
function counting(subject: StoreSubject, run: (store: Persistency, count: AskCounts) => Promise<void>): Promise<void> {
  return withStore(subject, async (store) => {
    const { counts } = store.can
    if (counts === false) return expect(counts, 'gap: it cannot count').toBe(false)
    return run(store, async (query) => {
      const answer = await counts.count(query)
      if (!('why' in answer)) return answer
      expect(answer.why).toMatch(/.+/)
      expect(Object.keys(query), 'numbers of these filters').not.toEqual(Object.keys(pick(query)))
      return oneByOne(store, query)
    })
  })
}

/** The filters that every store with counts has numbers of. */
function pick({ currentState, isFinal, has }: CountQuery): CountQuery {
  const filters = Object.entries({ currentState, isFinal, has })
  return Object.fromEntries(filters.filter(([, filter]) => filter !== undefined))
}

/** Numbers of the sagas of a list. */
async function oneByOne(store: Persistency, query: CountQuery): Promise<readonly StateCount[]> {
  const tally = new StateTally()
  const { list } = store.can
  if (list === false) throw new Error('expected a store that lists')
  const { items } = await list.page({ ...query, limit: 200 })
  for (const saga of items) tally.add(saga)
  return tally.counts
}

/** Sagas of three states, one for each mark. */
async function scene(store: Persistency): Promise<void> {
  const old = await create(store, { at: NOW - 9_000 })
  await note(store, old, { tried: [{ id: first(old), attempts: 2, due: NOW, started: true }] })
  await create(store, { at: NOW - 8_500, entity: 'customer/7', timer: { step: 0, deadline: NOW, resends: 0 } })
  await create(store, { at: NOW - 8_250 })
  const paying = await create(store, { at: NOW - 8_000 - 100, entity: 'customer/7' })
  await move(store, await settled(store, paying), { label: 'reserved', at: NOW - 8_000 })
  const dead = await create(store)
  const letter = { label: 'reserve', payload: {}, why: '400', since: NOW, attempts: 1 }
  await note(store, dead, { dead: [{ ...letter, id: first(dead), channel: 'warehouse' }] })
  const parked = await move(store, await settled(store, await create(store)), 'waved through')
  const event = { id: 'early', sagaId: parked.saga.id, label: 'charged', payload: {} }
  await note(store, parked, { parked: [{ event, since: NOW, expires: NOW + 1 }] })
  const held = await move(store, await settled(store, await create(store)), 'waved through')
  await note(store, held, { hold: { since: NOW } })
}

function first({ saga }: Loaded): string {
  return saga.owed[0]?.id ?? ''
}

function settled(store: Persistency, loaded: Loaded): Promise<Loaded> {
  return note(store, loaded, { settled: loaded.saga.owed.map(({ id }) => id) })
}
