import { describe, expect, test } from 'vitest'
import { amend, NOW, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { DOCUMENT, iso, upsert } from './crud-reference-scene.ts'
import { ownServiceForTest, storeOf } from './crud-scene.ts'

/*
 * Documents as Flow Manager writes them: `upsert-one`, no condition, the last writer wins (C6.2). It does not know our
 * `history.writeId` and may drop it or keep it with the history that it read.
 */

interface History {
  readonly states: object[]
  readonly events: object[]
}

/** Flow Manager handles "reserved": it reads the document and writes it back, with our fields or without. */
async function referenceMoves(service: CrudService, sagaId: string, how: 'keeps' | 'drops'): Promise<void> {
  const [found] = (await (await fetch(`${service.url}?sagaId=${sagaId}`)).json()) as [{ history: History }]
  const { states, events, ...ours } = found.history
  await upsert(service, sagaId, {
    currentState: 'paying',
    latestEvent: 'reserved',
    businessStateId: '1',
    businessStateDescription: 'Être payé ✓',
    metadata: { order: 7, by: 'reference' },
    history: {
      states: [...states, { state: 'paying', timestamp: iso(5_000), businessStateId: '1' }],
      events: [...events, { event: 'reserved', timestamp: iso(5_000) }],
      ...(how === 'keeps' && ours),
    },
  })
}

async function read(store: Persistency, id: string): Promise<Loaded> {
  return (await store.load(id)) as Loaded
}

describe('documents of the reference', () => {
  test('C5 are read', async () => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    await upsert(service, 'old', DOCUMENT)
    const { saga } = await read(store, 'old')
    expect(saga).toMatchObject({
      id: 'old',
      entity: 'customer/7',
      state: 'open',
      latestEvent: 'orderPlaced',
      isFinal: false,
      business: { id: 1, description: 'Under way' },
      length: 1,
      metadata: { order: 7 },
      owed: [],
      createdAt: NOW,
      updatedAt: NOW,
    })
    expect(saga.due).toBeUndefined()
    expect(await store.document('old')).toMatchObject({ sagaId: 'old', ...DOCUMENT })
    expect(await store.applied('old', 'key/1', 'orderPlaced')).toBe(false)
  })

  test('C5 documents with a business state in the field alone keep it', async () => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    const history = { ...DOCUMENT.history, states: [{ state: 'open', timestamp: iso(0) }] }
    await upsert(service, 'old', { ...DOCUMENT, history })
    const noted = await note(store, await read(store, 'old'), {})
    expect(noted.saga.business).toEqual({ id: 1, description: 'Under way' })
  })

  test.each([
    ['nothing but a state', { currentState: 'open' }],
    ['nulls', { ...DOCUMENT, history: null, metadata: null, associatedEntityId: null, businessStateId: null }],
    ['a history without lists', { ...DOCUMENT, history: {} }],
    ['empty lists', { ...DOCUMENT, history: { states: [], events: [] } }],
  ])('C6.4 with %s are moved on, and by one of two writers only', async (_, document) => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    await upsert(service, 'old', document)
    const { saga, basis } = await read(store, 'old')
    const steps = [step(saga, 'reserved'), step(saga, 'waved through')]
    const answers = await Promise.all(steps.map((written) => save(store, written, basis)))
    expect(answers.map(({ kind }) => kind)).toEqual(['saved', 'conflict'])
    expect((await read(store, 'old')).saga).toMatchObject({ state: 'paying', length: 1 })
  })

  test('C5 documents of Flow Manager are moved on so that it can read them again', async () => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    await upsert(service, 'old', DOCUMENT)
    await move(store, await read(store, 'old'), { label: 'reserved', payload: { shelf: 'B' }, at: NOW + 1_000 })
    const [found] = (await (await fetch(`${service.url}?sagaId=old`)).json()) as [object]
    expect(found).toMatchObject({
      associatedEntityId: 'customer/7',
      currentState: 'paying',
      latestEvent: 'reserved',
      isFinal: false,
      businessStateDescription: 'Être payé ✓',
      metadata: { order: 7, shelf: 'B' },
      history: {
        states: [...DOCUMENT.history.states, { state: 'paying', timestamp: iso(1_000), businessStateId: '1' }],
        events: [
          { event: 'orderPlaced', timestamp: iso(0) },
          { event: 'reserved', timestamp: iso(1_000), businessEventId: 7 },
        ],
      },
    })
    const known = service.collection.definition.fields.map(({ name }) => name)
    expect(known).toEqual(expect.arrayContaining(Object.keys(found)))
  })

  test('C6.4 bookkeeping is conditional too', async () => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    await upsert(service, 'old', DOCUMENT)
    const { saga, basis } = await read(store, 'old')
    await referenceMoves(service, 'old', 'drops')
    expect(await save(store, amend(saga, {}), basis)).toEqual({ kind: 'conflict' })
    await note(store, await read(store, 'old'), {})
    expect((await read(store, 'old')).saga).toMatchObject({ state: 'paying', metadata: { by: 'reference' } })
  })
})

describe.each(['keeps', 'drops'] as const)('a write of the reference in between, which %s our words', (how) => {
  test('C6.4 a write of Flow Manager is a conflict for a step and for bookkeeping, never overwritten', async () => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    const made = await create(store, { metadata: { order: 7 } })
    await referenceMoves(service, made.saga.id, how)
    expect(await save(store, step(made.saga, 'waved through'), made.basis)).toEqual({ kind: 'conflict' })
    expect(await save(store, amend(made.saga, {}), made.basis)).toEqual({ kind: 'conflict' })
    expect((await read(store, made.saga.id)).saga).toMatchObject({
      state: 'paying',
      latestEvent: 'reserved',
      length: 2,
      business: { id: '1' },
      metadata: { order: 7, by: 'reference' },
      updatedAt: NOW + 5_000,
    })
  })

  test('C6.4 the conflict is one in a group too, and the others of the group are saved', async () => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    const made = await Promise.all([create(store), create(store), create(store)])
    await referenceMoves(service, made[1].saga.id, how)
    const answers = await Promise.all(made.map(({ saga, basis }) => save(store, step(saga, 'reserved'), basis)))
    expect(answers.map(({ kind }) => kind)).toEqual(['saved', 'conflict', 'saved'])
  })

  test('C6.4 a document of Flow Manager is moved on', async () => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    const made = await create(store, { metadata: { order: 7, place: { type: 'Point', coordinates: [1, 2] } } })
    await referenceMoves(service, made.saga.id, how)
    const moved = await move(store, await read(store, made.saga.id), { label: 'charged', at: NOW + 9_000 })
    const { saga } = await read(store, made.saga.id)
    expect(saga).toMatchObject({ state: 'done', isFinal: true, length: 3, metadata: { by: 'reference' } })
    expect(saga).toEqual(moved.saga)
    // Earlier debts are known only where our fields were kept.
    expect(saga.owed.map(({ label }) => label)).toEqual(how === 'keeps' ? ['reserve'] : [])
  })
})
