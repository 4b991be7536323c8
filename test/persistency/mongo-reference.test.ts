import { MongoClient } from 'mongodb'
import type { Collection, Document } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { fresh, MACHINE, NOW, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { describeMongo } from '../services/mongo.ts'

/** Fields of Flow Manager (C5). */
const FIELDS = ['sagaId', 'associatedEntityId', 'currentState', 'latestEvent', 'isFinal', 'metadata', 'history']
const BUSINESS = ['businessStateId', 'businessStateDescription']

describeMongo('mongo, beside the reference', (mongo) => {
  const collection = fresh('sagas')
  let client: MongoClient
  let sagas: Collection
  let store: Persistency
  beforeAll(async () => {
    client = await new MongoClient(mongo.uri()).connect()
    sagas = client.db().collection(collection)
    store = await mongo.open(collection)
  })
  afterAll(async () => {
    await store.close()
    await client.close()
  })

  /** Writes as Flow Manager does (C6.3). */
  const write = (document: Document): Promise<unknown> =>
    sagas.replaceOne({ sagaId: document['sagaId'] }, document, { upsert: true })
  const read = async (id: string): Promise<Document> =>
    (await sagas.findOne({ sagaId: id }, { projection: { _id: 0 } })) ?? expect.unreachable()
  const load = async (id: string): Promise<Loaded> => (await store.load(id)) ?? expect.unreachable()

  test('C6.4 a document of the reference is read', async () => {
    const document = theirs()
    await write(document)
    const { saga } = await load(document.sagaId)
    expect(saga).toMatchObject({
      id: document.sagaId,
      entity: 'customer/7',
      state: 'open',
      latestEvent: 'declined',
      isFinal: false,
      business: { id: 1, description: 'Under way' },
      length: 3,
      metadata: { order: 7 },
      owed: [],
      createdAt: NOW,
      updatedAt: NOW + 2_000,
    })
    expect(await store.applied(saga.id, 'key/1', 'reserved')).toBe(false)
    const stateSince = new Date(NOW + 2_000).toISOString()
    expect(await store.document(saga.id)).toEqual({ ...document, stateSince })
  })

  test('C6.4 a document is moved on, and Flow Manager reads it as if it had written it', async () => {
    const document = theirs()
    await write(document)
    const moved = await move(store, await load(document.sagaId), {
      label: 'reserved',
      id: 'key/9',
      payload: { shelf: 'B' },
    })
    await expectStored(store, moved)
    const written = await read(document.sagaId)
    expect(Object.keys(written).toSorted()).toEqual([...FIELDS, ...BUSINESS].toSorted())
    expect(written).toMatchObject({
      currentState: 'paying',
      latestEvent: 'reserved',
      businessStateId: '1',
      metadata: { order: 7, shelf: 'B' },
    })
    const { states, events } = written['history'] as Document
    expect(states.slice(0, 3)).toEqual(document.history.states)
    expect(events.slice(0, 3)).toEqual(document.history.events)
    expect(states[3]).toMatchObject({ state: 'paying', timestamp: expect.stringMatching(/Z$/) })
    expect(events[3]).toMatchObject({ event: 'reserved', businessEventId: 7, id: 'key/9', machine: MACHINE.hash })
    expect((await save(store, step(moved.saga, 'declined', { id: 'key/9' }), moved.basis)).kind).toBe('saved')
  })

  test('C6.4 Flow Manager moves our saga on and keeps or drops our fields', async () => {
    for (const keeps of ['nothing', 'all but the write id', 'all']) {
      const made = await create(store, { metadata: { n: 1 } })
      const written = await read(made.saga.id)
      const { states, events, ...ours } = written['history'] as Document
      const at = new Date(NOW + 5_000).toISOString()
      const history = {
        ...(keeps !== 'nothing' && ours),
        ...(keeps !== 'all' && { writeId: undefined }),
        states: [...states, { state: 'silent', timestamp: at }],
        events: [...events, { event: 'waved through', timestamp: at }],
      }
      await write(
        JSON.parse(JSON.stringify({ ...written, currentState: 'silent', latestEvent: 'waved through', history })),
      )
      expect((await save(store, step(made.saga, 'reserved'), made.basis)).kind).toBe('conflict')
      const found = await load(made.saga.id)
      expect(found.saga, keeps).toMatchObject({ state: 'silent', latestEvent: 'waved through', length: 2 })
      await expectStored(store, await move(store, found, 'asked again'))
      expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'waved through', 'asked again'])
      expect((await load(made.saga.id)).saga.length).toBe(3)
    }
  })

  test('C6.4 bookkeeping is conditional on the length too, and two writers never overwrite each other', async () => {
    const document = theirs()
    await write(document)
    const [one, other] = [await load(document.sagaId), await load(document.sagaId)]
    const noted = await note(store, one, {})
    expect((await save(store, step(other.saga, 'reserved'), other.basis)).kind).toBe('conflict')
    await move(store, noted, 'reserved')
    const again = theirs()
    await write(again)
    const stale = await load(again.sagaId)
    again.history.events.push({ event: 'asked again', timestamp: new Date(NOW + 3_000).toISOString() })
    await write(again)
    expect((await save(store, step(stale.saga, 'reserved'), stale.basis)).kind).toBe('conflict')
  })

  test('C5 a minimal document: no entity, empty lists, no business state', async () => {
    const id = fresh('least')
    // The stand-in server fails on `$slice` without lists.
    await write({ sagaId: id, currentState: 'silent', metadata: {}, history: { states: [], events: [] } })
    const found = await load(id)
    expect(found.saga).toMatchObject({ entity: '', latestEvent: '', isFinal: false, length: 0 })
    const { list } = store.can
    if (list === false) return expect.unreachable()
    for (const isFinal of [true, false]) {
      const { items } = await list.page({ isFinal, currentState: 'silent', limit: 200 })
      expect(items.some((saga) => saga.id === id)).toBe(!isFinal)
    }
    await move(store, found, 'asked again')
    expect(await labels(store, id)).toEqual(['asked again'])
  })

  test('C5a a business state in the field alone is found by its text after bookkeeping, too', async () => {
    const document = { ...theirs(), businessStateId: '1', history: { states: [], events: [] } }
    await write(document)
    await note(store, await load(document.sagaId), {})
    const { list } = store.can
    if (list === false) return expect.unreachable()
    const { items } = await list.page({ businessStateId: 1, limit: 200 })
    expect(items.map(({ id }) => id)).toContain(document.sagaId)
  })

  test.each([
    ['event', { event: 'declined', timestamp: 'then' }],
    ['label', { label: 'declined' }],
    ['name', { name: 'declined' }],
    ['no known key', { at: 1 }],
  ])(
    'C5a latestEvent is an object with %s: every reader answers a text, and the form stays',
    async (_, latestEvent) => {
      const document = { ...theirs(), latestEvent, businessStateId: '1' }
      await write(document)
      const { sagaId: id } = document
      const found = await load(id)
      expect(found.saga).toMatchObject({ latestEvent: 'declined', business: { id: 1 }, length: 3 })
      expect(await store.document(id)).toMatchObject({ latestEvent: 'declined', businessStateId: 1 })
      const { list } = store.can
      if (list === false) return expect.unreachable()
      const page = await list.page({ businessStateId: 1, limit: 200 })
      expect(page.items.find((one) => one.id === id)).toMatchObject({ latestEvent: 'declined', business: { id: 1 } })

      const noted = await note(store, found, {})
      expect(await read(id)).toMatchObject({ latestEvent, businessStateId: '1' })
      const moved = await expectStored(store, await move(store, noted, 'asked again'))
      const written = await read(id)
      const { events } = written['history'] as Document
      expect(written).toMatchObject({ latestEvent: events.at(-1), businessStateId: '1' })
      await move(store, moved, 'reserved')
      expect(await read(id)).toMatchObject({ latestEvent: { event: 'reserved' }, businessStateId: '1' })
    },
  )

  test('C5a a new saga has the form of the newest document', async () => {
    const another = fresh('sagas')
    const older = client.db().collection(another)
    await older.insertOne({ ...theirs(), latestEvent: { event: 'declined' }, businessStateId: '1' })
    const opened = await mongo.open(another)
    const made = await expectStored(opened, await create(opened))
    const found = await older.findOne({ sagaId: made.saga.id })
    const history = found?.['history'] as Document | undefined
    expect([found?.['latestEvent'], found?.['businessStateId']]).toEqual([history?.['events'][0], '1'])
    await opened.close()
  })

  test.each([
    ['history', null],
    ['lists', { states: null, events: null, note: 'theirs' }],
    ['a list', { states: [{ state: 'open', timestamp: new Date(NOW).toISOString() }], events: null, note: 'theirs' }],
  ])('C6.4 %s that is null, as a driver writes what is undefined: noted and moved on, once', async (_, history) => {
    const document = { ...theirs(), history, businessStateDescription: null }
    await write(document)
    const found = await load(document.sagaId)
    const steps = [step(found.saga, 'reserved'), step(found.saga, 'waved through')]
    const answers = await Promise.all(steps.map((written) => save(store, written, found.basis)))
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['conflict', 'saved'])
    await write(document)
    const noted = await expectStored(store, await note(store, await load(document.sagaId), {}))
    await expectStored(store, await move(store, noted, 'reserved'))
    expect(await labels(store, document.sagaId)).toEqual(['reserved'])
    const written = (await read(document.sagaId))['history'] as Document
    expect(written).toMatchObject({ ...(history !== null && { note: 'theirs' }), events: [{ event: 'reserved' }] })
  })

  test('C5 a document of versions 1.x, without a history', async () => {
    const id = fresh('old')
    const { history: _, ...document } = theirs()
    await write({ ...document, sagaId: id, latestEvent: { name: 'declined' } })
    const found = await load(id)
    expect(found.saga).toMatchObject({ latestEvent: 'declined', length: 0, business: { id: 1 } })
    await expectStored(store, await move(store, found, 'reserved'))
    expect(await labels(store, id)).toEqual(['reserved'])
    expect((await read(id))['latestEvent']).toMatchObject({ event: 'reserved' })
  })

  test('C7 sagas of Flow Manager are listed after ours, once each, by every filter', async () => {
    const { list } = store.can
    if (list === false) return expect.unreachable()
    const entity = fresh('entity')
    const ids = ['a', 'b', 'c', 'd'].map((name) => `${name}-${entity}`)
    for (const id of ids.slice(0, 3)) await write({ ...theirs(), sagaId: id, associatedEntityId: entity })
    await create(store, { id: ids[3] ?? '', entity, at: NOW - 10_000 })
    const seen: string[] = []
    let after
    do {
      const page = await list.page({ associatedEntityId: entity, limit: 1, after })
      seen.push(...page.items.map(({ id }) => id))
      after = page.next
    } while (after !== undefined)
    expect(seen).toEqual([ids[3], ...ids.slice(0, 3)])
    const since = await list.page({ associatedEntityId: entity, since: NOW, limit: 9 })
    expect(since.items.map(({ id, createdAt, length }) => [id, createdAt, length])).toEqual(
      ids.slice(0, 3).map((id) => [id, NOW, 3]),
    )
    expect((await list.page({ associatedEntityId: entity, until: NOW, limit: 9 })).items).toHaveLength(1)
  })

  test('documents that only Flow Manager wrote are never removed', async () => {
    const { removal } = store.can
    if (removal === false) return expect.unreachable()
    const document = { ...theirs(), currentState: 'done', isFinal: true }
    await write(document)
    await removal.removeFinal(NOW + 99_999_999, 100)
    expect(await store.load(document.sagaId)).toBeDefined()
  })

  test('a document that is no saga is named', async () => {
    const id = fresh('odd')
    await write({ sagaId: id, currentState: 7 })
    await expect(store.load(id)).rejects.toMatchObject({
      code: 'saga-unreadable',
      message: expect.stringContaining(id),
    })
  })
})

/** In Flow Manager's shape: no ids, no machine, no field of ours. */
function theirs() {
  const at = (later: number) => new Date(NOW + later).toISOString()
  const open = { businessStateId: 1, businessStateDescription: 'Under way' }
  return {
    sagaId: fresh('theirs'),
    associatedEntityId: 'customer/7',
    currentState: 'open',
    latestEvent: 'declined',
    isFinal: false,
    ...open,
    metadata: { order: 7 },
    history: {
      states: [
        { state: 'open', timestamp: at(0), ...open },
        { state: 'paying', timestamp: at(1_000), businessStateId: '1', businessStateDescription: 'Être payé ✓' },
        { state: 'open', timestamp: at(2_000), ...open },
      ],
      events: [
        { event: 'orderPlaced', timestamp: at(0) },
        {
          event: 'reserved',
          timestamp: at(1_000),
          businessEventId: 7,
          businessEventDescription: 'Goods are set aside',
        },
        { event: 'declined', timestamp: at(2_000) },
      ] as { event: string; timestamp: string; businessEventId?: number; businessEventDescription?: string }[],
    },
  }
}
