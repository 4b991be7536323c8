import { describe, expect, test } from 'vitest'
import type { Loaded } from '../../src/ports/persistency.ts'
import { step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { scene } from './rest-scene.ts'

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
    const paying = await move(store, loaded, 'reserved', { payload: { shelf: 'B' } })
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

  test('C5 a business state that is no more is null once, and otherwise absent', async () => {
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
