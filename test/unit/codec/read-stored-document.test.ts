import { describe, expect, test } from 'vitest'
import { readStoredDocument } from '../../../src/codec/read-stored-document.ts'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'

const AT = '2026-01-02T03:04:05.678Z'
const DOCUMENT = {
  sagaId: 'a',
  associatedEntityId: 'e',
  currentState: 'open',
  latestEvent: 'reserved',
  isFinal: false,
  businessStateId: 1,
  businessStateDescription: 'Under way',
  metadata: { n: 1 },
  history: {
    states: [{ state: 'open', timestamp: AT, businessStateId: 1 }],
    events: [{ event: 'reserved', timestamp: AT }],
  },
}

function read(change: object): StoredDocument {
  const found = readStoredDocument({ ...DOCUMENT, ...change }, 'a')
  if (!found.ok) throw new Error(found.why)
  return found.value
}

describe('C5a latestEvent', () => {
  test.each<[unknown, string]>([
    ['charged', 'charged'],
    [{ event: 'charged', label: 'no' }, 'charged'],
    [{ label: 'charged', name: 'no' }, 'charged'],
    [{ name: 'charged' }, 'charged'],
    [{ event: 7, name: 'charged' }, 'charged'],
    [{}, 'reserved'],
    [null, 'reserved'],
    [undefined, 'reserved'],
    ['', 'reserved'],
    [7, 'reserved'],
    [['charged'], 'reserved'],
  ])('%j is read as %j', (latestEvent, label) => {
    expect(read({ latestEvent }).latestEvent).toBe(label)
  })

  test('nothing tells it: an empty text', () => {
    expect(read({ latestEvent: {}, history: undefined }).latestEvent).toBe('')
  })
})

describe('C5a the form of a document', () => {
  test.each<[object, object]>([
    [{}, { latestEvent: 'string' }],
    [{ latestEvent: {} }, { latestEvent: 'object' }],
    [{ latestEvent: null }, {}],
    [{ businessStateId: '1' }, { latestEvent: 'string', businessStateId: 'string' }],
    [
      { businessStateId: '1', history: undefined },
      { latestEvent: 'string', businessStateId: 'string' },
    ],
  ])('of %j', (change, form) => {
    expect(read(change).form).toEqual(form)
  })

  test('an id that the history has as a text is the text of the machine', () => {
    const history = { ...DOCUMENT.history, states: [{ state: 'open', timestamp: AT, businessStateId: '1' }] }
    const document = read({ businessStateId: '1', history })
    expect([document.businessStateId, document.form]).toEqual(['1', { latestEvent: 'string' }])
  })
})

test.each<[unknown, unknown]>([
  ['1', 1],
  [1, 1],
  ['2', '2'],
  ['', null],
  [null, null],
  [undefined, null],
])('C5a businessStateId %j beside 1 in the history is read as %j', (businessStateId, expected) => {
  expect(read({ businessStateId }).businessStateId).toBe(expected)
})

test.each<[string, object]>([
  ['history', { history: undefined }],
  ['history that is null', { history: null }],
  ['lists', { history: {} }],
  ['lists that are null', { history: { states: null, events: null } }],
  ['entity', { associatedEntityId: undefined }],
  ['description', { businessStateDescription: null }],
  ['metadata', { metadata: null }],
  ['finality', { isFinal: null }],
])('C5 a document without %s is read', (_, change) => {
  expect(read(change)).toMatchObject({ currentState: 'open', history: { states: expect.any(Array) } })
})

test('C5 what a document has is read as it is, and what it has not is empty', () => {
  const whole = { isFinal: true, associatedEntityId: 'e', businessStateDescription: 'Paid', metadata: { n: 2 } }
  expect(read(whole)).toMatchObject(whole)
  const none = { isFinal: null, associatedEntityId: null, businessStateDescription: null, metadata: null }
  expect(read(none)).toMatchObject({
    isFinal: false,
    associatedEntityId: '',
    businessStateDescription: null,
    metadata: {},
  })
})

test.each<[unknown, string]>([
  [null, 'it is not what it must be: Object'],
  ['text', 'it is not what it must be: Object'],
  [{ ...DOCUMENT, currentState: 7 }, '"currentState" is not what it must be: string'],
  [{ ...DOCUMENT, currentState: undefined }, '"currentState" is not what it must be: string'],
  [{ ...DOCUMENT, history: [] }, '"history" is not what it must be'],
  [{ ...DOCUMENT, history: { events: {} } }, '"history.events" is not what it must be: Array'],
  [{ ...DOCUMENT, history: { events: ['secret'] } }, '"history.events.0" is not what it must be: Object'],
  [{ ...DOCUMENT, metadata: 'secret' }, '"metadata" is not what it must be'],
  [{ ...DOCUMENT, history: { owed: [{}] } }, '"history.owed.0.id" is not what it must be'],
])('P20 %j: the reason has the field and never the value', (value, why) => {
  expect(readStoredDocument(value, 'a')).toEqual({ ok: false, why: expect.stringContaining(why) })
  const found = readStoredDocument(value, 'a')
  expect(found.ok ? '' : found.why).not.toContain('secret')
})
