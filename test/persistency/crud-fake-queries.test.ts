import { describe, expect, test } from 'vitest'
import type { CrudService } from '../fakes/crud-service.ts'
import { ask, idsFound, query, saga } from './crud-fake-scene.ts'
import { ownServiceForTest } from './crud-scene.ts'

describe('crud-wire.md, queries', () => {
  async function scene(): Promise<CrudService> {
    const service = await ownServiceForTest()
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
      [{ 'history.owed.0': { $ne: null } }, 'a'],
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

  test('a page has 25 documents by default and at most 200; export answers all', async () => {
    const service = await ownServiceForTest()
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
