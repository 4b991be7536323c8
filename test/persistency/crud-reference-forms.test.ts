import { describe, expect, test } from 'vitest'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { NOW, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored } from '../../testing/contract/subject.ts'
import { flowManagerCollection } from '../fakes/crud-service.ts'
import { DOCUMENT, iso, upsert } from './crud-reference-scene.ts'
import { ownServiceForTest, serviceForTest, storeOf } from './crud-scene.ts'

/* Documents as Flow Manager may have written them into the collection that it hands out (C5a). */

const EVENT = { event: 'orderPlaced', timestamp: iso(0) }
const OFFICIAL = { ...DOCUMENT, latestEvent: EVENT, businessStateId: '1' }

async function read(store: Persistency, id: string): Promise<Loaded> {
  return (await store.load(id)) as Loaded
}

async function listed(store: Persistency, businessStateId?: string | number) {
  const { list } = store.can
  if (list === false) throw new Error('it can list')
  return list.page({ limit: 9, businessStateId })
}

describe.each([
  ['event', EVENT, 'orderPlaced'],
  ['label', { label: 'placed', at: 1 }, 'placed'],
  ['name', { name: 'placed' }, 'placed'],
  ['event before the others', { name: 'no', label: 'no', event: 'placed' }, 'placed'],
  ['no known key', { at: 1 }, 'orderPlaced'],
  ['nothing', {}, 'orderPlaced'],
  ['an event that is no text', { event: { nested: true } }, 'orderPlaced'],
] as const)('latestEvent is an object with %s', (_, latestEvent, label) => {
  test('C5a every reader answers a text', async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    await upsert(service, 'old', { ...OFFICIAL, latestEvent })
    expect((await read(store, 'old')).saga).toMatchObject({ latestEvent: label, business: { id: 1 }, length: 1 })
    expect(await store.document('old')).toMatchObject({ latestEvent: label, businessStateId: 1 })
    expect((await listed(store)).items).toMatchObject([{ id: 'old', latestEvent: label, business: { id: 1 } }])
    expect(await store.applied('old', 'id', 'orderPlaced')).toBe(false)
  })
})

test.each([
  ['no history', { history: undefined }],
  ['an empty history', { history: {} }],
  ['empty lists', { history: { states: [], events: [] } }],
  ['no description', { businessStateDescription: undefined }],
  ['an empty business state', { businessStateId: null }],
  ['an empty entity', { associatedEntityId: '' }],
  ['events of older versions', { events: ['orderPlaced'], history: undefined }],
])('C6.4 a document with %s is listed, moved on once, and found by the sweep', async (_, change) => {
  const service = await serviceForTest()
  const store = storeOf(service)
  await upsert(service, 'old', { ...OFFICIAL, ...change })
  await create(store, { id: 'new' })
  expect((await listed(store)).items.map(({ id }) => id)).toEqual(expect.arrayContaining(['old', 'new']))
  const { saga, basis } = await read(store, 'old')
  const steps = [step(saga, 'reserved'), step(saga, 'waved through')]
  const answers = await Promise.all(steps.map((written) => save(store, written, basis)))
  expect(answers.map(({ kind }) => kind)).toEqual(['saved', 'conflict'])
  const { recovery } = store.can
  if (recovery.by !== 'sweep') throw new Error('it sweeps')
  const due = await recovery.findDue(NOW + 99_999, 9)
  expect(due.map(({ saga: { id } }) => id).toSorted()).toEqual(['new', 'old'])
})

test('C7 documents without a history are listed last, on pages without repeats', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  for (const id of ['c', 'a', 'b']) await upsert(service, id, { ...OFFICIAL, history: undefined })
  await create(store, { id: 'new' })
  const { list } = store.can
  if (list === false) throw new Error('it can list')
  const seen: string[] = []
  for (let after, pages = 0; pages === 0 || after !== undefined; pages++) {
    const page = await list.page({ limit: 2, after })
    seen.push(...page.items.map(({ id }) => id))
    after = page.next
  }
  expect(seen).toEqual(['new', 'a', 'b', 'c'])
  expect((await list.page({ limit: 9, since: 1 })).items.map(({ id }) => id)).toEqual(['new'])
})

test.each([
  ['in the field alone', { history: undefined }],
  ['in history and field', {}],
  [
    'as a text in both',
    { history: { ...DOCUMENT.history, states: [{ state: 'open', timestamp: iso(0), businessStateId: '1' }] } },
  ],
])('C5a C7 the business state of Flow Manager is found by its text: %s', async (_, change) => {
  const service = await serviceForTest({ tellsSchemas: false })
  const store = storeOf(service)
  await upsert(service, 'old', { ...OFFICIAL, ...change })
  await upsert(service, 'other', { ...OFFICIAL, businessStateId: '2', history: undefined })
  for (const asked of [1, '1']) expect((await listed(store, asked)).items.map(({ id }) => id)).toEqual(['old'])
})

test('C5a C7 the business state is found after Flow Manager has moved a saga on and kept our fields', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  await move(store, await create(store, { id: 'back' }), 'asked again')
  const { history } = service.collection.find({ sagaId: 'back' })[0] as Record<string, unknown>
  const { states, events, ...ours } = history as { states: object[]; events: object[] }
  const $set = {
    currentState: 'paying',
    businessStateId: '2',
    history: {
      ...ours,
      states: [...states, { state: 'paying', timestamp: iso(5), businessStateId: 2 }],
      events: [...events, { event: 'reserved', timestamp: iso(5) }],
    },
  }
  await upsert(service, 'back', $set)
  expect((await listed(store, 2)).items.map(({ id }) => id)).toEqual(['back'])
  expect((await listed(store, 1)).items).toEqual([])
})

test('C5a a business state in the field alone stays over bookkeeping', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  await upsert(service, 'old', {
    ...OFFICIAL,
    history: { ...DOCUMENT.history, states: [{ state: 'open', timestamp: iso(0) }] },
  })
  await note(store, await read(store, 'old'), {})
  expect((await read(store, 'old')).saga.business).toEqual({ id: '1', description: 'Under way' })
  for (const asked of [1, '1']) expect((await listed(store, asked)).items.map(({ id }) => id)).toEqual(['old'])
})

describe.each(['asked', 'not asked'])('the collection is %s', (how) => {
  test('C5a C6.4 a document that is moved on keeps its form, bookkeeping leaves latestEvent alone', async () => {
    const service = await serviceForTest({ tellsSchemas: how === 'asked' })
    const store = storeOf(service)
    await store.probe()
    await upsert(service, 'old', { ...OFFICIAL, latestEvent: { label: 'placed', at: 1 } })
    service.requests.length = 0
    const noted = await note(store, await read(store, 'old'), {})
    expect(service.collection.documents[0]).toMatchObject({ latestEvent: { label: 'placed', at: 1 } })
    const moved = await expectStored(store, await move(store, noted, 'reserved'))
    expect(service.collection.documents[0]).toMatchObject({
      latestEvent: { event: 'reserved', timestamp: expect.any(String), businessEventId: 7 },
      businessStateId: '1',
      history: { events: [EVENT, { event: 'reserved' }] },
    })
    expect(moved.saga).toMatchObject({ latestEvent: 'reserved', business: { id: '1' } })
    // Nothing had to be learnt: the document tells.
    expect(service.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(2)
  })
})

test('C5a a collection of texts that is known wins over an object that is stored', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  await store.probe()
  const { saga } = await create(store)
  service.collection.meddle(saga.id, { latestEvent: EVENT })
  await move(store, await read(store, saga.id), 'reserved')
  expect(service.collection.documents[0]).toMatchObject({ latestEvent: 'reserved' })
})

test('C5 no field is written that the collection of Flow Manager lacks', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  const made = await create(store, { entity: 'customer/7', metadata: { n: 1 }, fingerprint: 'f' })
  await note(store, await move(store, made, 'reserved'), {})
  const known = flowManagerCollection().fields.map(({ name }) => name)
  expect(known).toEqual(expect.arrayContaining(Object.keys(service.collection.documents[0] ?? {})))
})
