import { describe, expect, test } from 'vitest'
import type { CrudService } from '../fakes/crud-service.ts'
import { ask, query } from './crud-fake-scene.ts'
import { serviceForTest } from './crud-scene.ts'

/* crud-wire.md, "With the official collection", row by row. */

const SAGA = {
  sagaId: 'a',
  associatedEntityId: 'e',
  currentState: 'open',
  latestEvent: { event: 'created' },
  isFinal: false,
  businessStateId: '0',
  metadata: {},
  history: { states: [], events: [] },
}

function create(service: CrudService, change: object, sagaId = 'a') {
  return ask(service, 'POST', '', { ...SAGA, sagaId, ...change })
}

function patch(service: CrudService, update: object) {
  return ask(service, 'PATCH', '?sagaId=a', update)
}

function refusal(message: string) {
  const body = { statusCode: 400, code: 'FST_ERR_VALIDATION', error: 'Bad Request', message }
  return { status: 400, body }
}

const CREATED = { status: 200, body: { _id: expect.any(String) } }
const CHANGED = { status: 200, body: 1 }

describe('crud-wire.md, with the official collection', () => {
  test('GET /-/schemas tells types and required fields of the collection; other routes do not', async () => {
    const service = await serviceForTest()
    const [told] = (await (await fetch(`${service.origin}/-/schemas`)).json()) as [{ name: string; schema: object }]
    expect(told).toMatchObject({
      name: 'sagas',
      schema: {
        type: 'object',
        properties: {
          latestEvent: { type: 'object' },
          businessStateId: { type: 'string' },
          isFinal: { type: 'boolean' },
          events: { type: 'array', items: { type: 'string' } },
        },
      },
    })
    const needed = [
      'sagaId',
      'metadata',
      'isFinal',
      'currentState',
      'latestEvent',
      'associatedEntityId',
      'businessStateId',
    ]
    expect((told.schema as { required: string[] }).required.toSorted()).toEqual(needed.toSorted())
    for (const path of ['/sagas/-/schemas', '/sagas/schemas']) {
      expect((await fetch(service.origin + path)).status, path).toBe(404)
    }
  })

  test.each(['created', null, 7, ['created']])('latestEvent %j is refused', async (latestEvent) => {
    const service = await serviceForTest()
    expect(await create(service, { latestEvent })).toEqual(refusal('body/latestEvent must be object'))
  })

  test.each(['latestEvent', 'businessStateId', 'associatedEntityId', 'metadata', 'isFinal', 'currentState', 'sagaId'])(
    '%s is required',
    async (field) => {
      const service = await serviceForTest()
      const told = await create(service, { [field]: undefined }, field === 'sagaId' ? undefined : 'a')
      expect(told).toEqual(refusal(`body must have required property '${field}'`))
    },
  )

  test('an empty object is a latestEvent', async () => {
    expect(await create(await serviceForTest(), { latestEvent: {} })).toEqual(CREATED)
  })

  test.each([
    [0, '0'],
    [null, ''],
    ['7', '7'],
    [true, 'true'],
  ])('businessStateId %j comes back as %j', async (businessStateId, stored) => {
    const service = await serviceForTest()
    expect(await create(service, { businessStateId })).toEqual(CREATED)
    expect((await ask(service, 'GET', '?sagaId=a')).body).toMatchObject([{ businessStateId: stored }])
  })

  test.each([
    ['businessStateDescription null', { businessStateDescription: null }],
    ['associatedEntityId empty', { associatedEntityId: '' }],
    ['history absent', { history: undefined }],
    ['events a list of texts', { events: ['a', 'b'] }],
  ])('%s is taken', async (_, change) => {
    expect(await create(await serviceForTest(), change)).toEqual(CREATED)
  })

  test('an unknown field is refused, in a group too', async () => {
    const service = await serviceForTest()
    const told = 'must NOT have additional properties. Property "more" is not defined in validation schema'
    expect(await create(service, { more: 1 })).toEqual(refusal(`body ${told}`))
    const group = [SAGA, { ...SAGA, sagaId: 'b', more: 1 }]
    expect(await ask(service, 'POST', 'bulk', group)).toEqual(refusal(`body/1 ${told}`))
    expect(await patch(service, { $set: { more: 1 } })).toEqual(refusal(`body/$set ${told}`))
    expect(service.collection.documents).toEqual([])
  })

  test('$set of latestEvent: a text is refused, an object is taken', async () => {
    const service = await serviceForTest()
    await create(service, {})
    expect(await patch(service, { $set: { latestEvent: 'x' } })).toEqual(
      refusal('body/$set/latestEvent must be object'),
    )
    expect(await patch(service, { $set: { latestEvent: { event: 'x' }, businessStateId: 7 } })).toEqual(CHANGED)
    expect(service.collection.documents[0]).toMatchObject({ latestEvent: { event: 'x' }, businessStateId: '7' })
    const item = { filter: { sagaId: 'a' }, update: { $set: { latestEvent: 'x' } } }
    expect(await ask(service, 'PATCH', 'bulk', [item])).toEqual(
      refusal('body/0/update/$set/latestEvent must be object'),
    )
  })

  test('$set to null stores "", a required field cannot be unset, another one can', async () => {
    const service = await serviceForTest()
    await create(service, { businessStateDescription: 'Open' })
    expect(await patch(service, { $set: { businessStateId: null } })).toEqual(CHANGED)
    expect(service.collection.documents[0]).toMatchObject({ businessStateId: '' })
    expect((await patch(service, { $unset: { businessStateId: true } })).status).toBe(400)
    expect(await patch(service, { $unset: { businessStateDescription: true } })).toEqual(CHANGED)
    expect(service.collection.documents[0]).not.toHaveProperty('businessStateDescription')
  })

  test('$set below history is taken, $push is refused', async () => {
    const service = await serviceForTest()
    await create(service, {})
    expect(await patch(service, { $set: { 'history.writeId': 'w' } })).toEqual(CHANGED)
    expect((await patch(service, { $push: { 'history.events': { event: 'x' } } })).status).toBe(400)
  })

  test('upsert-one with a text as latestEvent is refused', async () => {
    const service = await serviceForTest()
    const { sagaId: _, ...$set } = { ...SAGA, latestEvent: 'x' }
    expect(await ask(service, 'POST', 'upsert-one?sagaId=a', { $set })).toEqual(
      refusal('body/$set/latestEvent must be object'),
    )
  })

  test('queries: below latestEvent; a value of _q is not made one of the type of its field', async () => {
    const service = await serviceForTest()
    await create(service, { businessStateId: 7 })
    for (const _q of [{ 'latestEvent.event': 'created' }, { businessStateId: '7' }]) {
      expect((await ask(service, 'GET', query({ _q }))).body, JSON.stringify(_q)).toHaveLength(1)
    }
    expect((await ask(service, 'GET', '?businessStateId=7')).body).toHaveLength(1)
    expect((await ask(service, 'GET', query({ _q: { businessStateId: 7 } }))).body).toEqual([])
  })
})
