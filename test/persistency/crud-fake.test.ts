import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { CrudService } from '../fakes/crud-service.ts'
import { serviceForTest } from './crud-scene.ts'

/*
 * The fake against crud-wire.md, row by row, without the adapter: so the two cannot agree on a mistake.
 */

interface Answer {
  readonly status: number
  readonly body: unknown
}

async function ask(service: CrudService, method: string, path: string, body?: unknown): Promise<Answer> {
  const payload = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const headers = { 'content-type': 'application/json', userid: 'tester' }
  const answer = await fetch(`${service.url}${path}`, { method, headers, ...payload })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** A query string; `_q` is given as an object. */
function query(params: Record<string, unknown>): string {
  const pairs = Object.entries(params).map(([name, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value as string | number)
    return `${name}=${encodeURIComponent(text)}`
  })
  return `?${pairs.join('&')}`
}

function saga(sagaId: string, events: number, more: object = {}): object {
  const history = { states: [], events: Array.from({ length: events }, (_, n) => ({ event: `e${n}` })), ...more }
  return { sagaId, currentState: 'open', metadata: {}, history }
}

async function idsFound(service: CrudService, params: Record<string, unknown>): Promise<string[]> {
  const { status, body } = await ask(service, 'GET', query(params))
  expect(status, JSON.stringify(params)).toBe(200)
  return (body as { sagaId: string }[]).map(({ sagaId }) => sagaId)
}

describe('requests that matter', () => {
  test('create: 200 with its id, 409 where it is', async () => {
    const service = await serviceForTest()
    expect(await ask(service, 'POST', '', saga('a', 1))).toEqual({ status: 200, body: { _id: expect.any(String) } })
    expect(await ask(service, 'POST', '', saga('a', 2))).toEqual({
      status: 409,
      body: { statusCode: 409, error: 'Conflict', message: expect.stringContaining('E11000') },
    })
  })

  test('update if unchanged: the number of those changed', async () => {
    const service = await serviceForTest()
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
    const service = await serviceForTest()
    const upsert = (currentState: string) => ask(service, 'POST', 'upsert-one?sagaId=a', { $set: { currentState } })
    expect((await upsert('open')).body).toMatchObject({ sagaId: 'a', currentState: 'open', __STATE__: 'PUBLIC' })
    expect((await upsert('paying')).body).toMatchObject({ sagaId: 'a', currentState: 'paying', creatorId: 'tester' })
    expect(service.collection.documents).toHaveLength(1)
  })

  test('the same with a condition that fails: 500 with a code that is a string', async () => {
    const service = await serviceForTest()
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
    const service = await serviceForTest()
    await ask(service, 'POST', '', saga('a', 1))
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ sagaId: 'a' }])
    expect(await ask(service, 'GET', '?sagaId=b')).toEqual({ status: 200, body: [] })
  })

  test('group: only the number modified, no upsert, `_q` is a string', async () => {
    const service = await serviceForTest()
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

  test('who won of a group: ids and write ids by $in', async () => {
    const service = await serviceForTest()
    await ask(service, 'POST', 'bulk', [saga('a', 1, { writeId: 'w1' }), saga('b', 1)])
    const _q = { sagaId: { $in: ['a', 'b', 'c'] } }
    expect((await ask(service, 'GET', query({ _q, _p: 'sagaId,history.writeId' }))).body).toEqual([
      { _id: expect.any(String), sagaId: 'a', history: { writeId: 'w1' } },
      { _id: expect.any(String), sagaId: 'b', history: {} },
    ])
  })

  test('group create: in order, 409 at the first duplicate', async () => {
    const service = await serviceForTest()
    const first = await ask(service, 'POST', 'bulk', [saga('a', 1), saga('b', 1)])
    expect(first).toEqual({ status: 200, body: [{ _id: expect.any(String) }, { _id: expect.any(String) }] })
    expect((await ask(service, 'POST', 'bulk', [saga('c', 1), saga('a', 1), saga('d', 1)])).status).toBe(409)
    expect(service.collection.documents.map(({ sagaId }) => sagaId)).toEqual(['a', 'b', 'c'])
  })

  test('races of 50 writers, three rounds each: exactly one wins in every form', async () => {
    const service = await serviceForTest()
    const all = (one: (n: number) => Promise<Answer>) => Promise.all(Array.from({ length: 50 }, (_, n) => one(n)))
    const update = (n: number) => ({ $set: { 'history.writeId': `w${n}` } })
    const won = async (sagaId: string, one: (n: number, filter: { sagaId: string; _q: string }) => Promise<Answer>) => {
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

describe('values', () => {
  test('$set replaces metadata and history whole, and what they hold comes back as it was', async () => {
    const service = await serviceForTest()
    const metadata = { a: null, b: [1, { c: null }], at: '2026-11-24T00:00:00.000Z', 'x.y': 1, $set: 2, '': 3 }
    await ask(service, 'POST', '', { sagaId: 'a', metadata: { old: true }, history: { events: [1] } })
    await ask(service, 'PATCH', '?sagaId=a', { $set: { metadata, history: { states: [] } } })
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ metadata, history: { states: [] } }])
    expect(service.collection.documents[0]).toMatchObject({ metadata, history: { states: [] } })
    expect(service.collection.documents[0]?.['metadata']).not.toHaveProperty('old')
  })

  test.each(['{"__proto__":1}', '{"constructor":1}', '{"deep":[{"__proto__":{}}]}'])('%s is refused', async (text) => {
    const service = await serviceForTest()
    expect((await ask(service, 'POST', '', `{"sagaId":"a","metadata":${text}}`)).status).toBe(400)
    expect((await ask(service, 'PATCH', '?sagaId=a', `{"$set":{"metadata":${text}}}`)).status).toBe(400)
  })

  test('the trap: a point of a map comes back as its bare coordinates', async () => {
    const service = await serviceForTest()
    await ask(service, 'POST', '', { sagaId: 'a', metadata: { place: { type: 'Point', coordinates: [1, 2] } } })
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ metadata: { place: [1, 2] } }])
  })

  test('dotted $set, $inc and $unset work, dotted $push is refused', async () => {
    const service = await serviceForTest()
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
    const service = await serviceForTest()
    const given = { sagaId: 5, currentState: true, businessStateId: '1', isFinal: 'true', latestEvent: null }
    await ask(service, 'POST', '', given)
    const stored = { sagaId: '5', currentState: 'true', businessStateId: 1, isFinal: true, latestEvent: null }
    expect((await ask(service, 'GET', '?sagaId=5')).body).toMatchObject([stored])
    await ask(service, 'POST', '', { sagaId: null })
    expect((await ask(service, 'GET', '?sagaId=')).body).toMatchObject([{ sagaId: '' }])
    expect((await ask(service, 'PATCH', '?sagaId=5', { $set: { businessStateId: 'one' } })).status).toBe(400)
    expect((await ask(service, 'PATCH', '?sagaId=5', { $set: { metadata: 'text' } })).status).toBe(400)
  })

  test('what no database of its kind holds: half a surrogate pair, a key with NUL, a hundred levels', async () => {
    const service = await serviceForTest()
    const deep = `${'{"a":'.repeat(120)}1${'}'.repeat(120)}`
    await ask(service, 'POST', '', { sagaId: 'a', metadata: { half: 'a\ud83d' } })
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ metadata: { half: 'a\ufffd' } }])
    expect((await ask(service, 'POST', '', { sagaId: 'b', metadata: { 'a\u0000': 1 } })).status).toBe(500)
    expect((await ask(service, 'POST', '', `{"sagaId":"b","metadata":${deep}}`)).status).toBe(500)
  })

  test('standard fields on every document, the writer named by a header', async () => {
    const service = await serviceForTest()
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

describe('queries', () => {
  async function scene(): Promise<CrudService> {
    const service = await serviceForTest()
    const owing = { ...saga('a', 1, { due: 10, owed: [{ id: 'a/0' }] }), isFinal: true }
    await ask(service, 'POST', 'bulk', [owing, saga('b', 2, { due: 20 }), saga('c', 3, { due: null }), saga('d', 4)])
    return service
  }

  test('each operator that it takes', async () => {
    const service = await scene()
    const cases: [object, string][] = [
      [{ isFinal: { $exists: true } }, 'a'],
      [{ 'history.due': { $lte: 10 } }, 'a'],
      [{ 'history.due': { $gt: 10 } }, 'b'],
      [{ 'history.due': { $gte: 10, $lt: 20 } }, 'a'],
      [{ 'history.events': { $size: 3 } }, 'c'],
      [{ 'history.events': { $elemMatch: { event: 'e3' } } }, 'd'],
      [{ sagaId: { $ne: 'a' } }, 'bcd'],
      [{ sagaId: { $in: ['a', 'd', 'x'] } }, 'ad'],
      [{ sagaId: { $regex: '^[ab]$' } }, 'ab'],
      [{ $and: [{ sagaId: { $ne: 'a' } }, { 'history.due': 20 }] }, 'b'],
      [{ $or: [{ sagaId: 'a' }, { 'history.due': 20 }] }, 'ab'],
      [{ 'history.due': null }, 'cd'],
      [{ 'history.owed.0': null }, 'bcd'],
      [{ 'history.owed.id': 'a/0' }, 'a'],
    ]
    for (const [_q, expected] of cases)
      expect((await idsFound(service, { _q })).join(''), JSON.stringify(_q)).toBe(expected)
  })

  test.each(['$expr', '$where', '$nor', '$not', '$type'])('%s is refused', async (operator) => {
    const service = await scene()
    expect((await ask(service, 'GET', query({ _q: { [operator]: [] } }))).status).toBe(400)
    expect((await ask(service, 'GET', query({ _q: { sagaId: { [operator]: 'a' } } }))).status).toBe(400)
  })

  test('an unknown field is refused, broken JSON is 500', async () => {
    const service = await scene()
    expect((await ask(service, 'GET', query({ _q: { nobody: 1 } }))).status).toBe(400)
    expect((await ask(service, 'GET', '?nobody=1')).status).toBe(400)
    expect((await ask(service, 'GET', '?_q={')).status).toBe(500)
  })

  test('sort, projection, skip, count', async () => {
    const service = await scene()
    const due = { 'history.due': { $lte: 99 } }
    expect(await idsFound(service, { _q: due, _s: '-history.due' })).toEqual(['b', 'a'])
    expect(await idsFound(service, { _s: 'history.due,-sagaId' })).toEqual(['d', 'c', 'a', 'b'])
    expect(await idsFound(service, { _s: '-sagaId', _sk: 1, _l: 2 })).toEqual(['c', 'b'])
    expect((await ask(service, 'GET', query({ _q: due, _s: 'sagaId', _p: 'sagaId,history.due', _l: 1 }))).body).toEqual(
      [{ _id: expect.any(String), sagaId: 'a', history: { due: 10 } }],
    )
    expect(await ask(service, 'GET', `count${query({ _q: due })}`)).toEqual({ status: 200, body: 2 })
  })

  test('25 where nobody says how many, 200 at most, all of them by export', async () => {
    const service = await serviceForTest()
    await ask(
      service,
      'POST',
      'bulk',
      Array.from({ length: 210 }, (_, n) => saga(`s${n}`, 0)),
    )
    expect(await idsFound(service, {})).toHaveLength(25)
    expect(await idsFound(service, { _l: 200 })).toHaveLength(200)
    expect((await ask(service, 'GET', '?_l=201')).status).toBe(400)
    expect((await ask(service, 'GET', '?_l=0')).status).toBe(400)
    const lines = (await (await fetch(`${service.url}export`)).text()).trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { sagaId: string }).sagaId)).toHaveLength(210)
  })

  test('an address of 13.6 KB passes, one of 18 KB is 431', async () => {
    const service = await scene()
    const url = (bytes: number) => `${service.url}?sagaId=${'x'.repeat(bytes)}`
    expect((await fetch(url(13_600))).status).toBe(200)
    expect((await fetch(url(18_000))).status).toBe(431)
  })
})

describe('when things go wrong', () => {
  test('an unknown field is named, an unknown collection is 404', async () => {
    const service = await serviceForTest()
    const refused = await ask(service, 'PATCH', '?sagaId=a', { $set: { writeId: 'w' } })
    expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining('"writeId"') } })
    expect((await ask(service, 'POST', '', { sagaId: 'a', writeId: 'w' })).status).toBe(400)
    expect((await fetch(`${service.origin}/orders/`)).status).toBe(404)
  })

  test('no limit on a body but that of the database: 16 MB pass, 17 MB are 500', { timeout: 60_000 }, async () => {
    const service = await serviceForTest()
    const sized = (sagaId: string, bytes: number) => ({ sagaId, metadata: { text: 'x'.repeat(bytes) } })
    expect((await ask(service, 'POST', '', sized('a', 16_000_000))).status).toBe(200)
    expect((await ask(service, 'POST', '', sized('b', 17_000_000))).status).toBe(500)
  })

  test('database killed: the first write 500 at once, later ones later, a list read ends without an answer', async () => {
    const service = await serviceForTest({ deadWait: 300 })
    service.trouble.kill()
    const timed = async () => {
      const begin = performance.now()
      const { status } = await ask(service, 'PATCH', '?sagaId=a', { $set: { latestEvent: 'x' } })
      return [status, performance.now() - begin >= 290]
    }
    expect([await timed(), await timed()]).toEqual([
      [500, false],
      [500, true],
    ])
    await expect(fetch(service.url)).rejects.toThrow('fetch failed')
    expect((await fetch(`${service.origin}/-/ready`)).status).toBe(503)
    service.trouble.revive()
    expect((await fetch(`${service.origin}/-/ready`)).status).toBe(200)
  })

  test('database frozen: no answer; once it is thawed, what was asked is done after all', async () => {
    const service = await serviceForTest()
    service.trouble.freeze()
    const body = JSON.stringify(saga('a', 1))
    const signal = AbortSignal.timeout(200)
    await expect(fetch(service.url, { method: 'POST', body, signal })).rejects.toThrow(/timeout/)
    service.trouble.thaw()
    await sleep(50)
    expect(service.collection.documents).toHaveLength(1)
  })

  test('an answer may be lost before the write lands, or after', async () => {
    const service = await serviceForTest()
    service.trouble.lose('before', 'after')
    await expect(ask(service, 'POST', '', saga('a', 1))).rejects.toThrow('fetch failed')
    expect(service.collection.documents).toHaveLength(0)
    await expect(ask(service, 'POST', '', saga('a', 1))).rejects.toThrow('fetch failed')
    expect(service.collection.documents).toHaveLength(1)
    expect((await ask(service, 'POST', '', saga('a', 1))).status).toBe(409)
  })

  test('stopped, it refuses connections; started again, it has its documents', async () => {
    const service = await serviceForTest()
    await ask(service, 'POST', '', saga('a', 1))
    await service.stop()
    await expect(fetch(service.url)).rejects.toThrow('fetch failed')
    await service.start()
    expect(await idsFound(service, {})).toEqual(['a'])
  })
})
