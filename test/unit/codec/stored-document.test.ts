import { describe, expect, test } from 'vitest'
import { integerOf, isExact, normalOf } from '../../../src/codec/decimal.ts'
import { encodeDocument } from '../../../src/codec/encode-document.ts'
import { decodeHistory, decodeHistoryRow, encodeHistoryRow } from '../../../src/codec/history-row.ts'
import type { HistoryStep } from '../../../src/codec/history-entry.ts'
import { encodeStoredDocument, headOf, shownOf } from '../../../src/codec/stored-document.ts'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'
import { documentVerdict, eventWriterOf, revisionOf } from '../../../src/codec/write-verdict.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import { amend, birth, NOW, step } from '../../../testing/contract/build.ts'

const at = (ms: number) => new Date(NOW + ms).toISOString()
const REPORT = { at: NOW + 1, status: 503, answer: 'busy' }
const OPERATION = {
  id: 'o',
  action: 'hold',
  at: NOW,
  operator: 'zoe',
  reason: 'wait',
  fingerprint: 'f',
  details: { until: 'then' },
} as const
const MESSAGE = { label: 'late', payload: { a: 1 }, trace: 'T', headers: { h: 'x' }, since: NOW, attempts: 1 }
/** A saga with everything that a head can carry. */
const FULL: Saga = {
  ...birth({ id: 's', entity: 'e', metadata: { n: 0 }, fingerprint: 'f' }).next,
  owed: [
    { ...birth({ id: 's' }).next.owed[0], tried: true, sends: 2, last: REPORT, due: NOW + 5, since: NOW } as never,
  ],
  deadLetters: [
    { ...MESSAGE, id: 's/9/0', channel: 'bank', why: '400', body: '{"b":2}', last: REPORT },
    { ...MESSAGE, id: 'e', kind: 'event', why: 'refused' },
  ],
  parked: [{ event: { ...MESSAGE, id: 'p', sagaId: 's' }, since: NOW, expires: NOW + 9 } as never],
  timer: { step: 0, deadline: NOW + 7, resends: 1, event: 'silence' },
  delivered: [{ id: 's/8/0', label: 'tell', channel: 'post', since: NOW, at: NOW + 2, sends: 1 }],
  hold: { since: NOW, until: NOW + 3, isBeginning: true },
  operations: [OPERATION],
  enteredAt: NOW + 4,
  enteringStep: 0,
}

function stored(saga: Saga): StoredDocument {
  return encodeStoredDocument({ ...birth({ id: 's' }).change, writeId: 'w1' }, saga, undefined)
}

describe('C5 a stored document', () => {
  test('the head is read as it was written', () => {
    const due = { ...FULL, due: NOW + 5 }
    expect(headOf(stored(due))).toEqual(due)
    const bare = birth({ id: 's', entity: 'e' })
    expect(headOf(encodeStoredDocument(bare.change, bare.next, undefined))).toEqual(bare.next)
  })

  test('what a saga has not is no key', () => {
    const bare = { ...birth({ id: 's' }).next, owed: [], due: undefined, enteredAt: undefined, business: undefined }
    const document = stored(bare)
    expect(Object.keys(document.history)).toEqual([
      'states',
      'events',
      'writeId',
      'due',
      'length',
      'created',
      'updated',
    ])
    expect(document).toMatchObject({ businessStateId: null, businessStateDescription: null, history: { due: null } })
  })

  test('a step appends its entries with the id of its write; bookkeeping appends none', () => {
    const born = birth({ id: 's' })
    const first = encodeStoredDocument(born.change, born.next, undefined)
    const moved = step(born.next, 'reserved', { id: 'x' })
    const second = encodeStoredDocument(moved.change, moved.next, first)
    expect(second.history.states.map(({ state }) => state)).toEqual(['open', 'paying'])
    expect(second.history.events.map(({ event, writeId }) => [event, writeId])).toEqual([
      ['orderPlaced', born.change.writeId],
      ['reserved', moved.change.writeId],
    ])
    const settled = amend(moved.next, { settled: ['s/0/0'] })
    const third = encodeStoredDocument(settled.change, settled.next, second)
    expect(third.history.events).toBe(second.history.events)
    expect(third.history.states).toBe(second.history.states)
    expect(third.history.writeId).toBe(settled.change.writeId)
  })

  test('C6.4 where Flow Manager has moved a saga on, its entry tells the instants', () => {
    const document = stored({ ...FULL, due: NOW })
    const state = { state: 'paying', timestamp: at(90) }
    const history = {
      ...document.history,
      states: [...document.history.states, state],
      events: [...document.history.events, { event: 'reserved', timestamp: at(90) }],
    }
    expect(headOf({ ...document, history })).toMatchObject({ length: 2, enteredAt: NOW + 90, enteringStep: undefined })
    const theirs = { states: [{ state: 'open', timestamp: at(10) }, state], events: history.events }
    expect(headOf({ ...document, history: theirs })).toMatchObject({
      createdAt: NOW + 10,
      updatedAt: NOW + 90,
      owed: [],
      deadLetters: [],
      parked: [],
      due: undefined,
    })
    const three = {
      states: [theirs.states[0], state, { state: 'done', timestamp: at(95) }] as never,
      events: history.events,
    }
    expect(headOf({ ...document, history: three })).toMatchObject({ updatedAt: NOW + 95, enteredAt: NOW + 95 })
    const ours = { ...three, events: [{ event: 'reserved', timestamp: at(90), writeId: 'w' }] }
    expect(headOf({ ...document, history: ours }).enteredAt).toBe(NOW + 95)
    const damaged = { states: [{ state: 'open', timestamp: 'soon' }], events: [] }
    expect(headOf({ ...document, history: damaged })).toMatchObject({
      createdAt: 0,
      updatedAt: 0,
      enteredAt: 0,
      length: 0,
    })
    expect(headOf({ ...document, history: { states: [], events: [] } })).toMatchObject({
      enteredAt: undefined,
      createdAt: 0,
      updatedAt: 0,
    })
    expect(headOf({ ...document, businessStateId: null, businessStateDescription: null }).business).toBeUndefined()
  })

  test('it is shown without the ids of writes', () => {
    const document = stored(FULL)
    const shown = shownOf(document)
    expect(shownOf({ ...document, history: { ...document.history, events: [] } }).history.events).toEqual([])
    expect(shown.history.events).toEqual([expect.not.objectContaining({ writeId: 'w1' })])
    expect(shown.history.events[0]).toMatchObject({ event: 'orderPlaced' })
    expect(shown.history.states).toBe(document.history.states)
    expect(shown.history.operations).toHaveLength(1)
    expect(document.history.events[0]?.writeId).toBe('w1')
  })
})

describe('C5 a document as it is shown', () => {
  test('everything of a saga, without headers and fingerprints', () => {
    const { operations: _, ...history } = encodeDocument(FULL, []).history
    expect(history).toEqual({ states: [], events: [] })
    expect(encodeDocument(FULL, [])).toEqual({
      sagaId: 's',
      associatedEntityId: 'e',
      currentState: 'open',
      latestEvent: 'orderPlaced',
      isFinal: false,
      businessStateId: 1,
      businessStateDescription: 'Under way',
      metadata: { n: 0 },
      stateSince: at(4),
      history: {
        states: [],
        events: [],
        operations: [
          { id: 'o', action: 'hold', at: at(0), operator: 'zoe', reason: 'wait', details: { until: 'then' } },
        ],
      },
      owed: [
        {
          id: 's/0/0',
          label: 'reserve',
          channel: 'warehouse',
          attempts: 0,
          since: at(0),
          due: at(5),
          nextTry: at(5),
          sends: 2,
          last: { at: at(1), status: 503, answer: 'busy' },
        },
      ],
      deadLetters: [
        {
          kind: 'command',
          id: 's/9/0',
          label: 'late',
          channel: 'bank',
          payload: { a: 1 },
          body: { b: 2 },
          trace: 'T',
          why: '400',
          since: at(0),
          attempts: 1,
          last: { at: at(1), status: 503, answer: 'busy' },
        },
        {
          kind: 'event',
          id: 'e',
          label: 'late',
          payload: { a: 1 },
          trace: 'T',
          why: 'refused',
          since: at(0),
          attempts: 1,
        },
      ],
      parked: [
        { event: { id: 'p', sagaId: 's', label: 'late', payload: { a: 1 }, trace: 'T' }, since: at(0), expires: at(9) },
      ],
      timer: { step: 0, deadline: at(7), resends: 1, event: 'silence' },
      delivered: [{ id: 's/8/0', label: 'tell', channel: 'post', since: at(0), at: at(2), sends: 1 }],
      hold: { since: at(0), until: at(3), isBeginning: true },
    })
  })

  test('what a saga has not is no key', () => {
    const bare = { ...birth({ id: 's' }).next, owed: [], enteredAt: undefined, business: undefined }
    const document = encodeDocument(bare, [])
    expect(Object.keys(document).toSorted()).toEqual(
      ['sagaId', 'associatedEntityId', 'currentState', 'latestEvent', 'isFinal', 'metadata', 'history'].toSorted(),
    )
    expect(Object.keys(document.history)).toEqual(['states', 'events'])
    const [letter] =
      encodeDocument(
        { ...bare, deadLetters: [{ ...FULL.deadLetters[0], body: '{', trace: undefined, last: undefined } as never] },
        [],
      ).deadLetters ?? []
    expect(letter).toMatchObject({ body: '{' })
    expect(Object.keys(letter ?? {})).not.toContain('trace')
    expect(Object.keys(letter ?? {})).not.toContain('last')
    const plain = {
      ...bare,
      hold: { since: NOW },
      timer: { step: 0, deadline: NOW, resends: 0 },
      operations: [{ ...OPERATION, details: undefined }],
    }
    const shown = encodeDocument(plain, [])
    expect([shown.hold, shown.timer].map((one) => Object.keys(one ?? {}))).toEqual([
      ['since'],
      ['step', 'deadline', 'resends'],
    ])
    expect(Object.keys(shown.history.operations?.[0] ?? {})).not.toContain('details')
  })

  test('P12 the next try is that of a backoff alone, and a released lease is due since its decision', () => {
    const [debt] = FULL.owed
    const shown = (part: object) => encodeDocument({ ...FULL, owed: [{ ...debt, ...part } as never] }, []).owed?.[0]
    expect(shown({ claimed: true })).not.toHaveProperty('nextTry')
    expect(shown({ tried: undefined })).not.toHaveProperty('nextTry')
    expect(shown({ due: 0 })).toMatchObject({ due: at(0) })
    expect(shown({ due: 0 })).not.toHaveProperty('nextTry')
    for (const key of ['sends', 'last']) expect(shown({ sends: undefined, last: undefined })).not.toHaveProperty(key)
  })
})

describe('a row of the history', () => {
  const bare: HistoryStep = {
    at: NOW,
    event: { id: 'x', label: 'paid' },
    state: { id: 'open', isFinal: false },
    machine: 'm',
  }
  const stateTag = { id: 1, description: 'd' }
  const eventTag = { id: 'x' }
  const state = { ...bare.state, business: stateTag }
  const event = { ...bare.event, business: eventTag }

  test.each<[string, HistoryStep, number]>([
    ['nothing more', bare, 4],
    ['the tag of a state', { ...bare, state }, 5],
    ['the tag of an event', { ...bare, event }, 6],
    ['both tags', { ...bare, state, event }, 6],
    ['a cause', { ...bare, by: { operation: 'o' } }, 7],
    ['a cause and tags', { ...bare, state, event, by: { renamedFrom: 'was' } }, 7],
    ['changed keys', { ...bare, changed: ['a'] }, 8],
    ['all', { ...bare, state: { ...state, isFinal: true }, event, by: { operation: 'o' }, changed: ['a'] }, 8],
  ])('it is as short as what it has: %s', (_, entry, fields) => {
    const passage = encodeHistoryRow(entry)
    expect(JSON.parse(passage)).toHaveLength(fields)
    expect(decodeHistoryRow({ event: 'x', label: 'paid', passage })).toEqual(entry)
    expect(decodeHistory([{ event: 'x', label: 'paid', passage }])).toMatchObject([
      { event: { event: 'paid', id: 'x' } },
    ])
  })

  test('what a step has not is no key', () => {
    const keysOf = (entry: HistoryStep) =>
      Object.keys(decodeHistoryRow({ event: 'x', label: 'paid', passage: encodeHistoryRow(entry) }))
    expect(keysOf({ ...bare, changed: ['a'] })).toEqual(['at', 'event', 'state', 'machine', 'changed'])
    expect(keysOf(bare)).toEqual(['at', 'event', 'state', 'machine'])
  })
})

describe('P2 P6 the verdict of a store of documents', () => {
  const born = birth({ id: 's' })
  const before = encodeStoredDocument(born.change, born.next, undefined)
  const moved = step(born.next, 'reserved', { id: 'x' })
  const after = encodeStoredDocument(moved.change, moved.next, before)
  const settled = amend(born.next, { settled: ['s/0/0'] })
  const settledDocument = encodeStoredDocument(settled.change, settled.next, before)
  /** Flow Manager appends, and keeps our keys. */
  const appended = (document: StoredDocument): StoredDocument => ({
    ...document,
    history: { ...document.history, events: [...document.history.events, { event: 'theirs', timestamp: at(0) }] },
  })

  test('nothing stands against a write on what is stored, or on nothing', () => {
    expect(documentVerdict(before, moved.change, before)).toBeUndefined()
    expect(documentVerdict(undefined, born.change, undefined)).toBeUndefined()
  })

  test('a write that has landed is saved, and an event of another write a duplicate', () => {
    expect(documentVerdict(after, moved.change, before)).toBe('saved')
    expect(documentVerdict(before, born.change, undefined)).toBe('saved')
    expect(documentVerdict(settledDocument, settled.change, before)).toBe('saved')
    expect(documentVerdict(after, { ...moved.change, writeId: 'other' }, before)).toBe('duplicate')
    expect(documentVerdict(appended(after), moved.change, before)).toBe('duplicate')
  })

  test('another writer is a conflict', () => {
    expect(documentVerdict(undefined, moved.change, before)).toBe('conflict')
    expect(documentVerdict(after, settled.change, before)).toBe('conflict')
    expect(documentVerdict(settledDocument, moved.change, before)).toBe('conflict')
    expect(documentVerdict(appended(before), moved.change, before)).toBe('conflict')
    expect(documentVerdict(appended(settledDocument), settled.change, before)).toBe('conflict')
    expect(documentVerdict(after, birth({ id: 's' }).change, undefined)).toBe('conflict')
  })

  test('the writer of an event is known by id and label', () => {
    expect(eventWriterOf(after, 'x', 'reserved')).toBe(moved.change.writeId)
    expect([eventWriterOf(after, 'x', 'other'), eventWriterOf(after, 'y', 'reserved')]).toEqual([undefined, undefined])
    const theirs = {
      ...after,
      history: { ...after.history, events: [{ id: 'x', event: 'reserved', timestamp: at(0) }] },
    }
    expect(eventWriterOf(theirs, 'x', 'reserved')).toBeNull()
  })

  test('C6.4 a document of Flow Manager is known by its length', () => {
    expect(revisionOf(after)).toEqual({ writeId: moved.change.writeId })
    expect(revisionOf({ ...after, history: { ...after.history, writeId: undefined } })).toEqual({ length: 2 })
  })
})

describe('numbers as they were written', () => {
  test.each<[literal: string, normal: string]>([
    ['0', '0'],
    ['-0.00e7', '0'],
    ['10', '0.1e2'],
    ['1e1', '0.1e2'],
    ['-0.050', '-0.5e-1'],
    ['12.5E+3', '0.125e5'],
    ['12.5e-3', '0.125e-1'],
  ])('%s is %s', (literal, normal) => expect(normalOf(literal)).toBe(normal))

  test.each<[normal: string, integer: string | undefined]>([
    ['0.1e2', '10'],
    ['-0.12e2', '-12'],
    ['0.12e1', undefined],
    ['0.1e2000', `1${'0'.repeat(1_999)}`],
    ['0.1e2001', undefined],
    ['0.1e-1', undefined],
    ['0', undefined],
    ['x0.1e2', undefined],
    ['0.1e2x', undefined],
  ])('the integer of %s', (normal, integer) => expect(integerOf(normal)).toBe(integer))

  test.each<[literal: string, exact: boolean]>([
    ['9007199254740993', false],
    ['9223372036854775808', false],
    ['1e400', false],
    ['1e-400', false],
    ['0.0', true],
    ['0.1', true],
    ['0.10', true],
    ['1e2', true],
    ['0.10000000000000001', true],
    ['9007199254740992.0', true],
    [`0.${'1'.repeat(101)}`, false],
  ])('%s: %j', (literal, exact) => expect(isExact(literal)).toBe(exact))
})
