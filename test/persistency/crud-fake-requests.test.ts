import { describe, expect, test } from 'vitest'
import { ask, query, saga } from './crud-fake-scene.ts'
import type { FakeAnswer } from './crud-fake-scene.ts'
import { ownServiceForTest } from './crud-scene.ts'

describe('crud-wire.md, requests that matter', () => {
  test('create: 200 with its id, 409 where it is', async () => {
    const service = await ownServiceForTest()
    expect(await ask(service, 'POST', '', saga('a', 1))).toEqual({ status: 200, body: { _id: expect.any(String) } })
    expect(await ask(service, 'POST', '', saga('a', 2))).toEqual({
      status: 409,
      body: { statusCode: 409, error: 'Conflict', message: expect.stringContaining('E11000') },
    })
  })

  test('update if unchanged: the number of those changed', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', '', saga('a', 3, { writeId: 'w1' }))
    const patch = (_q: unknown, sagaId = 'a') =>
      ask(service, 'PATCH', query({ sagaId, _q }), { $set: { latestEvent: 'x' } })
    expect(await patch({ 'history.events': { $size: 2 } })).toEqual({ status: 200, body: 0 })
    expect(await patch({ 'history.events': { $size: 3 } })).toEqual({ status: 200, body: 1 })
    expect(await patch({ 'history.writeId': 'w0' })).toEqual({ status: 200, body: 0 })
    expect(await patch({ 'history.writeId': null })).toEqual({ status: 200, body: 0 })
    expect(await patch({ 'history.due': null })).toEqual({ status: 200, body: 1 })
    expect(await patch({}, 'b')).toEqual({ status: 200, body: 0 })
    service.collection.meddle('a', { __STATE__: 'TRASH' })
    expect(await patch({})).toEqual({ status: 200, body: 0 })
  })

  test("the reference's upsert: the whole document after the write, the last writer wins", async () => {
    const service = await ownServiceForTest()
    const upsert = (currentState: string) => ask(service, 'POST', 'upsert-one?sagaId=a', { $set: { currentState } })
    expect((await upsert('open')).body).toMatchObject({ sagaId: 'a', currentState: 'open', __STATE__: 'PUBLIC' })
    expect((await upsert('paying')).body).toMatchObject({ sagaId: 'a', currentState: 'paying', creatorId: 'tester' })
    expect(service.collection.documents).toHaveLength(1)
  })

  test('the same with a condition that fails: 500 with a code that is a string', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', '', saga('a', 3))
    const conditional = (size: number) =>
      ask(service, 'POST', `upsert-one${query({ sagaId: 'a', _q: { 'history.events': { $size: size } } })}`, {
        $set: { latestEvent: 'x' },
      })
    expect((await conditional(3)).status).toBe(200)
    expect(await conditional(2)).toEqual({
      status: 500,
      body: {
        statusCode: 500,
        code: '11000',
        error: 'Internal Server Error',
        message: expect.stringContaining('E11000'),
      },
    })
  })

  test('read: an array of one, or of none', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', '', saga('a', 1))
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ sagaId: 'a' }])
    expect(await ask(service, 'GET', '?sagaId=b')).toEqual({ status: 200, body: [] })
  })

  test('group: only the number modified, no upsert, `_q` is a string', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', 'bulk', [saga('a', 3), saga('b', 3)])
    const item = (sagaId: string, $size: number) => ({
      filter: { sagaId, _q: JSON.stringify({ 'history.events': { $size } }) },
      update: { $set: { latestEvent: sagaId } },
    })
    expect(await ask(service, 'PATCH', 'bulk', [item('a', 3), item('b', 2), item('c', 0)])).toEqual({
      status: 200,
      body: 1,
    })
    expect(service.collection.documents.map(({ latestEvent }) => latestEvent)).toEqual(['a', undefined])
    const asObject = { ...item('a', 3), filter: { sagaId: 'a', _q: {} } }
    expect((await ask(service, 'PATCH', 'bulk', [item('b', 3), asObject])).status).toBe(400)
    expect(service.collection.documents[1]).not.toHaveProperty('latestEvent')
  })

  test('winners of a group: ids and write ids by $in', async () => {
    const service = await ownServiceForTest()
    await ask(service, 'POST', 'bulk', [saga('a', 1, { writeId: 'w1' }), saga('b', 1)])
    const _q = { sagaId: { $in: ['a', 'b', 'c'] } }
    expect((await ask(service, 'GET', query({ _q, _p: 'sagaId,history.writeId' }))).body).toEqual([
      { _id: expect.any(String), sagaId: 'a', history: { writeId: 'w1' } },
      { _id: expect.any(String), sagaId: 'b', history: {} },
    ])
  })

  test('group create: in order, 409 at the first duplicate', async () => {
    const service = await ownServiceForTest()
    const first = await ask(service, 'POST', 'bulk', [saga('a', 1), saga('b', 1)])
    expect(first).toEqual({ status: 200, body: [{ _id: expect.any(String) }, { _id: expect.any(String) }] })
    expect((await ask(service, 'POST', 'bulk', [saga('c', 1), saga('a', 1), saga('d', 1)])).status).toBe(409)
    expect(service.collection.documents.map(({ sagaId }) => sagaId)).toEqual(['a', 'b', 'c'])
  })

  test('races of 50 writers, three rounds each: exactly one wins in every form', async () => {
    const service = await ownServiceForTest()
    const all = (one: (n: number) => Promise<FakeAnswer>) => Promise.all(Array.from({ length: 50 }, (_, n) => one(n)))
    const update = (n: number) => ({ $set: { 'history.writeId': `w${n}` } })
    const won = async (
      sagaId: string,
      one: (n: number, filter: { sagaId: string; _q: string }) => Promise<FakeAnswer>,
    ) => {
      await ask(service, 'POST', '', saga(sagaId, 1, { writeId: 'w' }))
      const filter = { sagaId, _q: JSON.stringify({ 'history.writeId': 'w' }) }
      return all((n) => one(n, filter))
    }
    for (const round of [0, 1, 2]) {
      const created = await all((n) => ask(service, 'POST', '', saga(`c${round}`, n)))
      const patched = await won(`p${round}`, (n, filter) => ask(service, 'PATCH', query(filter), update(n)))
      const bulk = await won(`b${round}`, (n, filter) => ask(service, 'PATCH', 'bulk', [{ filter, update: update(n) }]))
      const upserted = await won(`u${round}`, (n, filter) =>
        ask(service, 'POST', `upsert-one${query(filter)}`, update(n)),
      )
      expect(created.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(patched.filter(({ body }) => body === 1)).toHaveLength(1)
      expect(bulk.filter(({ body }) => body === 1)).toHaveLength(1)
      expect(upserted.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(upserted.filter(({ status }) => status === 500)).toHaveLength(49)
    }
  })
})
