import { expect, test } from 'vitest'
import { NOW } from '../../testing/contract/build.ts'
import { create } from '../../testing/contract/saves.ts'
import { DOCUMENT, iso, upsert } from './crud-reference-scene.ts'
import { serviceForTest, storeOf } from './crud-scene.ts'

test('C7 sagas of the reference stand in the list where they belong', async () => {
  const service = await serviceForTest()
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

test('P17 what cannot be read takes nobody else’s place in the sweep', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  for (let n = 0; n < 4; n++) await create(store, { id: `s${n}`, at: NOW + n })
  for (const id of ['s0', 's1']) service.collection.meddle(id, { currentState: 7 })
  const { recovery } = store.can
  if (recovery.by !== 'sweep') return expect.unreachable()
  const due = await recovery.findDue(NOW + 99_999, 2)
  expect(due.map(({ saga }) => saga.id)).toEqual(['s2', 's3'])
})
