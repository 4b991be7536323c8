import { expect, test } from 'vitest'
import { wantedForms } from '../../adapters/persistency/mongo/wanted-forms.ts'
import type { MongoConnection } from '../../adapters/persistency/mongo/connect.ts'

/** A collection with these schemas of two fields in its validator, and this newest document; an error for a user without rights. */
function connectionTo(properties: object | Error | undefined, newest: object | Error | undefined): MongoConnection {
  const answer = (value: unknown) => ({
    toArray: () =>
      value instanceof Error ? Promise.reject(value) : Promise.resolve(value === undefined ? [] : [value]),
  })
  const options = properties === undefined ? {} : { validator: { $jsonSchema: { properties } } }
  const listCollections = () => answer(properties instanceof Error ? properties : { name: 'sagas', options })
  return { db: { listCollections }, sagas: { collectionName: 'sagas', find: () => answer(newest) } } as never
}

const NO = new Error('not authorized')
const OBJECT = { latestEvent: { event: 'a' }, businessStateId: '1', history: { states: [{ businessStateId: 1 }] } }

test.each<[string, object | Error | undefined, object | Error | undefined, object, object]>([
  ['nothing is there', undefined, undefined, {}, {}],
  ['the user may not ask', NO, NO, {}, {}],
  ['a document is there', undefined, OBJECT, {}, { latestEvent: 'object', businessStateId: 'string' }],
  [
    'a validator of objects and texts',
    { latestEvent: { bsonType: 'object' }, businessStateId: { bsonType: ['string', 'null'] } },
    undefined,
    { latestEvent: 'object', businessStateId: 'string' },
    { latestEvent: 'object', businessStateId: 'string' },
  ],
  [
    'a validator of texts, beside an object',
    { latestEvent: { bsonType: 'string' } },
    OBJECT,
    { latestEvent: 'string' },
    { latestEvent: 'string', businessStateId: 'string' },
  ],
  ['a validator that takes numbers too', { businessStateId: { bsonType: ['string', 'int'] } }, undefined, {}, {}],
])('C5a %s', async (_, validator, newest, ofAll, ofNew) => {
  expect(await wantedForms(connectionTo(validator, newest))).toEqual({ ofAll, ofNew })
})
