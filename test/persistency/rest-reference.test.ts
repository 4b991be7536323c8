import { describe, expect, test } from 'vitest'
import type { Loaded } from '../../src/ports/persistency.ts'
import { amend, step } from '../../testing/contract/build.ts'
import { create, keep, move, note, save } from '../../testing/contract/saves.ts'
import { documentOf, operatorRepairs, referenceMoves, scene } from './rest-scene.ts'

describe('documents of the reference (C5, C6.4)', () => {
  const reference = {
    associatedEntityId: 'customer/7',
    currentState: 'open',
    latestEvent: 'orderPlaced',
    isFinal: false,
    businessStateId: 1,
    businessStateDescription: 'Under way',
    metadata: { order: 7 },
    history: {
      states: [
        {
          state: 'open',
          timestamp: '2026-01-01T00:00:00.000Z',
          businessStateId: 1,
          businessStateDescription: 'Under way',
        },
      ],
      events: [{ event: 'orderPlaced', timestamp: '2026-01-01T00:00:00.000Z' }],
    },
  }

  test.each(['strong', 'none'] as const)('are read, moved on and stay readable, tags: %s', async (tags) => {
    const { service, store } = await scene(tags)
    service.documents.set('/sagas/old', { body: JSON.stringify(reference), version: 1 })
    const loaded = (await store.load('old')) as Loaded
    expect(loaded.saga).toMatchObject({ id: 'old', entity: 'customer/7', state: 'open', length: 1, owed: [] })
    const paying = await move(store, loaded, { label: 'reserved', payload: { shelf: 'B' } })
    expect(await save(store, step(loaded.saga, 'waved through'), loaded.basis)).toEqual({ kind: 'conflict' })
    await note(store, paying, { settled: paying.saga.owed.map(({ id }) => id) })

    const { history, ...fields } = JSON.parse(service.documents.get('/sagas/old')?.body ?? '') as typeof reference
    expect(fields).toEqual({
      associatedEntityId: 'customer/7',
      currentState: 'paying',
      latestEvent: 'reserved',
      isFinal: false,
      businessStateId: '1',
      businessStateDescription: 'Être payé ✓',
      metadata: { order: 7, shelf: 'B' },
    })
    expect(history.states[0]).toEqual(reference.history.states[0])
    expect(history.events).toMatchObject([reference.history.events[0] ?? {}, { event: 'reserved' }])
  })

  test.each(['strong', 'on-reads', 'none'] as const)(
    'C5a an object as latestEvent, and a business id as a text, keep their form, tags: %s',
    async (tags) => {
      const { service, store } = await scene(tags)
      const latestEvent = { label: 'orderPlaced', at: 1 }
      const document = { ...reference, latestEvent, businessStateId: '1' }
      service.documents.set('/sagas/old', { body: JSON.stringify(document), version: 1 })
      const loaded = (await store.load('old')) as Loaded
      expect(loaded.saga).toMatchObject({ latestEvent: 'orderPlaced', business: { id: 1 } })
      expect((await store.document('old'))?.latestEvent).toBe('orderPlaced')
      const noted = await note(store, loaded, {})
      expect(documentOf(service)).toMatchObject({ latestEvent, businessStateId: '1' })
      const open = await move(store, noted, 'asked again')
      expect(documentOf(service)).toMatchObject({ latestEvent: { event: 'asked again' }, businessStateId: '1' })
      await note(store, (await store.load('old')) as Loaded, {})
      const { history, ...fields } = documentOf(service) as unknown as typeof reference
      expect(fields.latestEvent).toEqual(history.events.at(-1))
      expect((await store.load('old'))?.saga).toMatchObject({
        latestEvent: 'asked again',
        business: open.saga.business,
      })
    },
  )

  test.each(['strong', 'on-reads', 'none'] as const)(
    'C5a documents of versions 1.x, without a history, get one before they move on, tags: %s',
    async (tags) => {
      const { service, store } = await scene(tags)
      const { history: _, ...document } = reference
      service.documents.set('/sagas/old', { body: JSON.stringify(document), version: 1 })
      const loaded = (await store.load('old')) as Loaded
      expect(loaded.saga).toMatchObject({ state: 'open', latestEvent: 'orderPlaced', length: 0 })
      const written = step(loaded.saga, 'reserved')
      expect(await save(store, written, loaded.basis)).toEqual({ kind: 'conflict' })
      expect(await save(store, written, loaded.basis)).toEqual({ kind: 'conflict' })
      expect(documentOf(service)).toMatchObject({ ...document, history: { events: [] } })
      await move(store, (await store.load('old')) as Loaded, 'reserved')
      expect((await store.load('old'))?.saga).toMatchObject({ state: 'paying', length: 1 })
    },
  )

  test('C5a a service that keeps no history is refused before anything is written for a step', async () => {
    const { service, store } = await scene('strong')
    const { history: _, ...document } = reference
    const kept = JSON.stringify(document)
    service.documents.set('/sagas/old', { body: kept, version: 1 })
    const loaded = (await store.load('old')) as Loaded
    const forgetting = {
      kind: 'meanwhile',
      run: () => service.documents.set('/sagas/old', { body: kept, version: 2 }),
    } as const
    service.trouble(undefined, forgetting)
    await expect(save(store, step(loaded.saga, 'reserved'), loaded.basis)).rejects.toMatchObject({
      code: 'store-unavailable',
    })
    expect(documentOf(service)).toMatchObject({ currentState: 'open' })
  })

  test('C5 documents whose entity the service does not answer keep it: an unknown value is not written', async () => {
    const { service, store } = await scene('strong', { least: true, merges: true })
    service.documents.set('/sagas/old', { body: JSON.stringify(reference), version: 1 })
    const loaded = (await store.load('old')) as Loaded
    expect(loaded.saga.entity).toBe('')
    const paying = await move(store, loaded, 'reserved')
    const { saga, basis } = await note(store, paying, {})
    expect((await save(store, step(saga, 'charged'), basis)).kind).toBe('saved')
    await note(store, (await store.load('old')) as Loaded, {})
    expect(documentOf(service)).toMatchObject({ currentState: 'done', associatedEntityId: 'customer/7' })
  })

  test('C5 our entity, also an empty one, is read back where the service does not answer it', async () => {
    const { service, store } = await scene('strong', { least: true })
    for (const entity of ['customer/7', '']) {
      const { saga } = await create(store, { entity })
      const found = (await store.load(saga.id)) as Loaded
      expect((await move(store, found, 'reserved')).saga.entity).toBe(entity)
      const { body = '' } = service.documents.get(`/sagas/${saga.id}`) ?? {}
      expect(JSON.parse(body)).toMatchObject({ associatedEntityId: entity, history: { entity } })
    }
  })

  test('C5 a business state that has ended is null in one write and then absent', async () => {
    const { service, store } = await scene()
    const made = await create(store)
    const body = () => JSON.parse(service.documents.values().next().value?.body ?? '') as Record<string, unknown>
    const silent = await move(store, made, 'waved through')
    expect(body()).toMatchObject({ businessStateId: null, businessStateDescription: null })
    await move(store, silent, 'asked again')
    expect(Object.keys(body())).toEqual([
      'associatedEntityId',
      'currentState',
      'latestEvent',
      'isFinal',
      'metadata',
      'history',
    ])
  })
})

describe.each([
  ['keeps', 'strong'],
  ['keeps', 'on-reads'],
  ['keeps', 'none'],
  ['drops', 'strong'],
  ['drops', 'on-reads'],
  ['drops', 'none'],
] as const)('a write of the reference in between, which %s our words, tags: %s', (how, tags) => {
  test.each(['written', 'read'] as const)(
    'C6.4 is a conflict for whoever has last %s it, never overwritten',
    async (last) => {
      const { service, store } = await scene(tags)
      const made = await create(store, { metadata: { order: 7 } })
      const { saga, basis } = last === 'read' ? ((await store.load(made.saga.id)) as Loaded) : made
      referenceMoves(service, how)
      expect(await save(store, step(saga, 'waved through'), basis)).toEqual({ kind: 'conflict' })
      expect(await save(store, amend(saga, {}), basis)).toEqual({ kind: 'conflict' })
      const found = (await store.load(saga.id)) as Loaded
      expect(found.saga).toMatchObject({ state: 'paying', length: 2, metadata: { order: 7, by: 'reference' } })
      await move(store, found, 'charged')
      expect((await store.load(saga.id))?.saga).toMatchObject({ length: 3, metadata: { by: 'reference' } })
    },
  )

  test('P6 after a write whose answer was lost: a step is a duplicate, bookkeeping a conflict', async () => {
    for (const kind of ['duplicate', 'conflict'] as const) {
      const { service, store } = await scene(tags)
      const { saga, basis } = await create(store)
      const written = kind === 'duplicate' ? step(saga, 'asked again') : amend(saga, {})
      await keep(store, written, basis)
      referenceMoves(service, how)
      expect(await save(store, written, basis)).toEqual({ kind })
      expect((await store.load(saga.id))?.saga).toMatchObject({ state: 'paying', metadata: { by: 'reference' } })
    }
  })
})

describe('an operator repairs metadata, and keeps everything else', () => {
  test.each([
    ['strong', 'written'],
    ['strong', 'read'],
    ['on-reads', 'read'],
  ] as const)('C6.4 I8 tags: %s: a conflict for whoever has last %s it', async (tags, last) => {
    const { service, store } = await scene(tags)
    const made = await create(store, { metadata: { order: 7 } })
    const { saga, basis } = last === 'read' ? ((await store.load(made.saga.id)) as Loaded) : made
    operatorRepairs(service)
    expect(await save(store, step(saga, 'reserved'), basis)).toEqual({ kind: 'conflict' })
    expect(await save(store, amend(saga, {}), basis)).toEqual({ kind: 'conflict' })
    const repaired = (await store.load(saga.id)) as Loaded
    expect(repaired.saga.metadata).toEqual({ order: 7, by: 'operator' })
    await move(store, repaired, 'reserved')
    expect((await store.load(saga.id))?.saga.metadata).toEqual({ order: 7, by: 'operator' })
  })

  test('C6.4 I8 between the read that gives a tag and the write', async () => {
    const { service, store } = await scene('on-reads')
    const made = await create(store, { metadata: { order: 7 } })
    service.trouble(undefined, { kind: 'meanwhile', run: () => operatorRepairs(service) })
    expect(await save(store, step(made.saga, 'reserved'), made.basis)).toEqual({ kind: 'conflict' })
    expect(documentOf(service)).toMatchObject({ currentState: 'open', metadata: { order: 7, by: 'operator' } })
  })
})
