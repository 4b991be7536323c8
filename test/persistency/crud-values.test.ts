import { describe, expect, test } from 'vitest'
import { broken } from '../../adapters/persistency/crud/size.ts'
import type { Metadata } from '../../src/engine/saga.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { birth, step } from '../../testing/contract/build.ts'
import type { PreparedSave } from '../../testing/contract/build.ts'
import { create, keep, move, note, save } from '../../testing/contract/saves.ts'
import { expectStored } from '../../testing/contract/subject.ts'
import { ownServiceForTest, serviceForTest, storeOf } from './crud-scene.ts'

/*
 * Values that the service coerces, refuses or damages (crud-wire.md), or its database cannot hold, are not lost: their exact
 * text is kept inside the history. Other clients of the collection see the part that could be held.
 */

function nested(levels: number): Metadata {
  let inner: Metadata = { leaf: true }
  for (let level = 1; level < levels; level++) inner = { inner }
  return inner
}

describe('odd values', () => {
  test.each<[string, Metadata, unknown]>([
    ['a key that is refused', JSON.parse('{"a":1,"__proto__":{"x":1}}') as Metadata, { a: 1 }],
    ['another one, inside', JSON.parse('{"a":[{"constructor":1,"b":2}]}') as Metadata, { a: [{ b: 2 }] }],
    ['a key with NUL', { 'a\u0000': 1, b: 2 }, { b: 2 }],
    ['half of a surrogate pair', { half: 'a\ud83d' }, { half: 'a\ufffd' }],
    [
      'a point of a map',
      { at: { type: 'Point', coordinates: [1, 2] } },
      { at: { type: 'Point', coordinates: [1, 2] } },
    ],
    [
      'a point that is all of it',
      { type: 'Point', coordinates: [1, 2], of: 'sale' },
      { coordinates: [1, 2], of: 'sale' },
    ],
    ['a type of the driver', { at: { _bsontype: 'Long', low: 1 } }, { at: { low: 1 } }],
    ['a reference of the database', { at: { $ref: 'a.b', $id: 1 } }, { at: { $id: 1 } }],
    ['a word that only looks odd', { is: 'constructor' }, { is: 'constructor' }],
  ])('C5 %s comes back through every kind of write', async (_, metadata, held) => {
    const service = await serviceForTest()
    const store = storeOf(service)
    const made = await expectStored(store, await create(store, { metadata }))
    expect(service.collection.documents[0]?.['metadata']).toEqual(held)
    const noted = await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
    const moved = await move(store, await expectStored(store, noted), { label: 'asked again', payload: { n: 1 } })
    const read = await expectStored(store, await note(store, await expectStored(store, moved), {}))
    expect(Object.keys(read.saga.metadata)).toEqual([...Object.keys(metadata), 'n'])
    expect((await store.document(made.saga.id))?.metadata).toEqual(read.saga.metadata)
  })

  test('C5 too deep a value is null for other clients and whole for us; without it the document is plain again', async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    const made = await create(store, { metadata: { inner: nested(200), a: 1 } })
    await expectStored(store, made)
    const settled = await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
    expect(service.collection.documents[0]).toMatchObject({
      metadata: { a: 1 },
      history: { exact: expect.any(String) },
    })
    const moved = await expectStored(store, await move(store, settled, { label: 'asked again', payload: { inner: 2 } }))
    expect(moved.saga.metadata).toEqual({ inner: 2, a: 1 })
    expect(service.collection.documents[0]?.['history']).not.toHaveProperty('exact')
  })

  test('C5 an entity that is no text in UTF-8, and odd payloads of what is owed, dead or parked', async () => {
    const store = storeOf(await serviceForTest())
    const odd = JSON.parse('{"__proto__":1}') as Metadata
    const made = await create(store, { entity: 'a\ud83d', metadata: odd })
    const { id: sagaId, owed } = made.saga
    const why = { why: '404', since: 1, attempts: 1, label: 'reserve', channel: 'warehouse' }
    const noted = await note(store, made, {
      dead: owed.map(({ id }) => ({ id, ...why, payload: odd })),
      parked: [{ event: { id: 'early', sagaId, label: 'charged', payload: odd }, since: 1, expires: 9 }],
    })
    await expectStored(store, await move(store, await expectStored(store, noted), 'asked again'))
  })

  test('C1 ids that no address can hold are absent and are never written', async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    for (const id of ['a\ud83d', 'x'.repeat(20_000)]) {
      expect(await store.load(id)).toBeUndefined()
      await expect(create(store, { id })).rejects.toMatchObject({ code: 'store-unusable' })
    }
    expect(service.requests).toEqual([])
  })
})

describe('business ids that are words', () => {
  const word = { id: 'en-route', description: 'On its way' }

  function worded(): PreparedSave {
    const { change, next } = birth()
    const state = { id: 'open', isFinal: false, business: word }
    return { change: { ...change, step: change.step && { ...change.step, state } }, next: { ...next, business: word } }
  }

  async function businessOf(store: Persistency, { saga }: Loaded): Promise<unknown> {
    return (await store.load(saga.id))?.saga.business
  }

  test('C2.1 text ids keep their type where the collection’s field accepts numbers only', async () => {
    const service = await ownServiceForTest()
    const store = storeOf(service)
    const made = await keep(store, worded(), 'absent')
    expect(await businessOf(store, made)).toEqual(word)
    const held = { businessStateId: null, businessStateDescription: 'On its way' }
    expect(service.collection.documents[0]).toMatchObject(held)
    expect(await businessOf(store, await note(store, made, {}))).toEqual(word)
    const { list } = store.can
    if (list === false) throw new Error('it can list')
    expect((await list.page({ businessStateId: 'en-route', limit: 5 })).items).toHaveLength(1)
  })

  test('C2.1 P20 text ids in a group are found out by one request for all', async () => {
    const store = storeOf(await ownServiceForTest())
    const made = await Promise.all(Array.from({ length: 9 }, () => keep(store, worded(), 'absent')))
    for (const one of made) expect(await businessOf(store, one)).toEqual(word)
  })

  test('C2.1 C5a text ids are in the field where the collection accepts text, and numbers as texts', async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    await keep(store, worded(), 'absent')
    expect(service.collection.documents[0]).toMatchObject({ businessStateId: 'en-route' })
    const numbered = await create(store)
    expect(service.collection.documents[1]).toMatchObject({ businessStateId: '1' })
    expect(await businessOf(store, numbered)).toEqual({ id: 1, description: 'Under way' })
  })
})

describe('sizes', () => {
  test('P24 bookkeeping may take half a megabyte more than a step, so that a saved saga can be claimed and settled', () => {
    const text = 'x'.repeat(100_000)
    const document = (bytes: number) => ({ text: 'x'.repeat(bytes) })
    const most = 15 * 1024 * 1024
    expect(broken(text.repeat(8), document(most - 100), {})).toBeUndefined()
    expect(broken(text.repeat(8), document(most), {})).toBe(most)
    expect(broken(text, document(most), undefined)).toBeUndefined()
    expect(broken(text, document(most + 600_000), undefined)).toBe(most)
  })

  test('P24 a document that the database would refuse is not sent', { timeout: 60_000 }, async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    // Two bytes a digit as JSON, up to fourteen in the database.
    const digits = Array.from({ length: 2_000_000 }, () => 1)
    expect(await save(store, birth({ metadata: { digits } }), 'absent')).toEqual({
      kind: 'too-large',
      limit: 15 * 1024 * 1024,
    })
    expect(service.requests).toEqual([])
  })

  test('P24 P3 a saga whose debts are too large is refused and can still be settled', { timeout: 60_000 }, async () => {
    const store = storeOf(await serviceForTest(), { answer: 30_000 })
    let saga = await create(store, { metadata: { text: 'x'.repeat(4_000_000) } })
    for (let n = 0; n < 2; n++) saga = await move(store, saga, { label: 'asked again', payload: { n } })
    expect(await save(store, step(saga.saga, 'asked again'), saga.basis)).toMatchObject({ kind: 'too-large' })
    const settled = await note(store, saga, { settled: saga.saga.owed.map(({ id }) => id) })
    await expectStored(store, await move(store, settled, 'asked again'))
  })
})
