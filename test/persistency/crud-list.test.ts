import { expect, test } from 'vitest'
import { NOW } from '../../testing/contract/build.ts'
import { create } from '../../testing/contract/saves.ts'
import { DOCUMENT, iso, upsert } from './crud-reference-scene.ts'
import { ownServiceForTest, storeOf } from './crud-scene.ts'

test('C7 sagas of Flow Manager are listed in the order of their creation', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  const at = (later: number, businessStateId = 1) => ({
    ...DOCUMENT,
    history: { ...DOCUMENT.history, states: [{ state: 'open', timestamp: iso(later), businessStateId }] },
  })
  await upsert(service, 'r1', at(1_000))
  await create(store, { id: 'o2', entity: 'customer/7', at: NOW + 2_000 })
  await upsert(service, 'r3', at(3_000))
  await create(store, { id: 'o4', entity: 'customer/7', at: NOW + 4_000 })
  await upsert(service, 'r5', at(5_000, 2))
  const { list } = store.can
  if (list === false) throw new Error('it can list')
  const seen: string[] = []
  for (let after, page = await list.page({ limit: 2 }); ; page = await list.page({ limit: 2, after })) {
    seen.push(...page.items.map(({ id }) => id))
    after = page.next
    if (after === undefined) break
  }
  expect(seen).toEqual(['r5', 'o4', 'r3', 'o2', 'r1'])
  const some = await list.page({
    limit: 9,
    businessStateId: 1,
    since: NOW + 1_000,
    until: NOW + 4_000,
    associatedEntityId: 'customer/7',
  })
  expect(some.items.map(({ id }) => id)).toEqual(['r3', 'o2', 'r1'])
})

test('P17 unreadable sagas are not counted by the sweep', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  for (let n = 0; n < 4; n++) await create(store, { id: `s${n}`, at: NOW + n })
  service.collection.meddle('s0', { currentState: 7 })
  const { history } = service.collection.find({ sagaId: 's1' })[0] as { history: object }
  service.collection.meddle('s1', { history: { ...history, exact: '{"metadata' } })
  const { recovery } = store.can
  if (recovery.by !== 'sweep') return expect.unreachable()
  const due = await recovery.findDue(NOW + 99_999, 2)
  expect(due.map(({ saga }) => saga.id)).toEqual(['s2', 's3'])
})

test.each([1, 2, 3, 20])(
  'C7 instants without milliseconds are instants too: pages of %i have every saga once, in order',
  async (limit) => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    const base = NOW - (NOW % 1_000)
    const text = (at: number) => new Date(base + at).toISOString()
    const given: Record<string, string> = {
      a: text(0).replace('.000', ''),
      b: text(0),
      c: text(500),
      d: text(999),
      e: text(1_000).replace('.000', ''),
      f: text(1_001),
      g: text(-1),
      h: text(-1_000).replace('.000', ''),
    }
    for (const [id, timestamp] of Object.entries(given)) {
      const states = [{ state: 'open', timestamp, businessStateId: 1 }]
      await upsert(service, id, { ...DOCUMENT, history: { ...DOCUMENT.history, states } })
    }
    const { list } = store.can
    if (list === false) throw new Error('it can list')
    const all = async (filters: { since?: number; until?: number } = {}) => {
      const seen: string[] = []
      for (
        let after, page = await list.page({ ...filters, limit });
        ;
        page = await list.page({ ...filters, limit, after })
      ) {
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items.map(({ id }) => id))
        after = page.next
        if (after === undefined) return seen.join('')
      }
    }
    expect(await all()).toBe('fedcabgh')
    expect(await all({ since: base })).toBe('fedcab')
    expect(await all({ until: base + 1_000 })).toBe('dcabgh')
    expect(await all({ since: base + 1, until: base + 1_001 })).toBe('edc')
  },
)
