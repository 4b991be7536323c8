import { describe, expect, test } from 'vitest'
import { ask, saga } from './crud-fake-scene.ts'
import { ownServiceForTest } from './crud-scene.ts'

describe('crud-wire.md, values', () => {
  test('$set replaces metadata and history whole, and both are read back unchanged', async () => {
    const service = await ownServiceForTest()
    const metadata = { a: null, b: [1, { c: null }], at: '2026-11-24T00:00:00.000Z', 'x.y': 1, $set: 2, '': 3 }
    await ask(service, 'POST', '', { sagaId: 'a', metadata: { old: true }, history: { events: [1] } })
    await ask(service, 'PATCH', '?sagaId=a', { $set: { metadata, history: { states: [] } } })
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ metadata, history: { states: [] } }])
    expect(service.collection.documents[0]).toMatchObject({ metadata, history: { states: [] } })
    expect(service.collection.documents[0]?.['metadata']).not.toHaveProperty('old')
  })

  test.each(['{"__proto__":1}', '{"constructor":1}', '{"deep":[{"__proto__":{}}]}'])('%s is refused', async (text) => {
    const service = await ownServiceForTest()
    expect((await ask(service, 'POST', '', `{"sagaId":"a","metadata":${text}}`)).status).toBe(400)
    expect((await ask(service, 'PATCH', '?sagaId=a', `{"$set":{"metadata":${text}}}`)).status).toBe(400)
  })

  test('the trap: a point of a map comes back as its bare coordinates', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', '', { sagaId: 'a', metadata: { place: { type: 'Point', coordinates: [1, 2] } } })
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ metadata: { place: [1, 2] } }])
  })

  test('the trap: a reference of the database comes back with its name split, a type of its driver is refused', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', '', { sagaId: 'a', metadata: { at: { $ref: 'a.b', $id: 1 }, as: { $ref: 'a.b' } } })
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([
      { metadata: { at: { $ref: 'b', $id: 1, $db: 'a' }, as: { $ref: 'a.b' } } },
    ])
    expect((await ask(service, 'POST', '', { sagaId: 'b', metadata: { _bsontype: 'Long' } })).status).toBe(500)
  })

  test('dotted $set, $inc and $unset work, dotted $push is refused', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', '', { sagaId: 'a', metadata: { n: 1, gone: 1 }, history: { events: [1] } })
    const patch = (update: object) => ask(service, 'PATCH', '?sagaId=a', update)
    expect(await patch({ $set: { 'history.writeId': 'w' } })).toEqual({ status: 200, body: 1 })
    expect(await patch({ $inc: { 'metadata.n': 2 } })).toEqual({ status: 200, body: 1 })
    expect(await patch({ $unset: { 'metadata.gone': true } })).toEqual({ status: 200, body: 1 })
    expect((await patch({ $push: { 'history.events': 2 } })).status).toBe(400)
    expect(service.collection.documents[0]).toMatchObject({
      metadata: { n: 3 },
      history: { events: [1], writeId: 'w' },
    })
    expect(service.collection.documents[0]?.['metadata']).toEqual({ n: 3 })
  })

  test('scalars are coerced, null on a string that cannot be null becomes empty', async () => {
    const service = await ownServiceForTest()
    const given = { sagaId: 5, currentState: true, businessStateId: '1', isFinal: 'true', latestEvent: null }
    await ask(service, 'POST', '', given)
    const stored = { sagaId: '5', currentState: 'true', businessStateId: 1, isFinal: true, latestEvent: null }
    expect((await ask(service, 'GET', '?sagaId=5')).body).toMatchObject([stored])
    await ask(service, 'POST', '', { sagaId: null })
    expect((await ask(service, 'GET', '?sagaId=')).body).toMatchObject([{ sagaId: '' }])
    expect((await ask(service, 'PATCH', '?sagaId=5', { $set: { businessStateId: 'one' } })).status).toBe(400)
    expect((await ask(service, 'PATCH', '?sagaId=5', { $set: { metadata: 'text' } })).status).toBe(400)
  })

  test('values that the database refuses: half a surrogate pair, a key with NUL, a hundred levels', async () => {
    const service = await ownServiceForTest()
    const deep = `${'{"a":'.repeat(120)}1${'}'.repeat(120)}`
    await ask(service, 'POST', '', { sagaId: 'a', metadata: { half: 'a\ud83d' } })
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ metadata: { half: 'a\ufffd' } }])
    expect((await ask(service, 'POST', '', { sagaId: 'b', metadata: { 'a\u0000': 1 } })).status).toBe(500)
    expect((await ask(service, 'POST', '', `{"sagaId":"b","metadata":${deep}}`)).status).toBe(500)
  })

  test('standard fields on every document, the writer named by a header', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', '', saga('a', 1))
    const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([
      {
        _id: expect.any(String),
        creatorId: 'tester',
        createdAt: iso,
        updaterId: 'tester',
        updatedAt: iso,
        __STATE__: 'PUBLIC',
      },
    ])
    expect((await ask(service, 'PATCH', '?sagaId=a', { $set: { createdAt: '2020-01-01' } })).status).toBe(400)
  })
})
