import { expect, test } from 'vitest'
import { encodeDocument } from '../../../src/codec/encode-document.ts'
import { encodeSummary } from '../../../src/codec/saga-summary.ts'
import { RELEASED } from '../../../src/codec/head.ts'
import type { DeadLetter, Saga } from '../../../src/engine/saga.ts'
import { amend, birth, NOW } from '../../../testing/contract/build.ts'

const AT = new Date(NOW).toISOString()
const born = birth({ id: 's', entity: 'e', metadata: { n: 0 } }).next

function shown(saga: Saga) {
  const { sagaId: _, metadata: __, history: ___, owed, deadLetters, parked, timer } = encodeDocument(saga, [])
  return { owed, deadLetters, parked, timer }
}

test('C5 the history has the entries in their order', () => {
  const entries = ['open', 'paying'].map((name) => ({
    state: { state: name, timestamp: AT },
    event: { event: `to ${name}`, timestamp: AT, id: name, machine: 'm' },
  }))
  expect(encodeDocument(born, entries).history).toEqual({
    states: entries.map(({ state }) => state),
    events: entries.map(({ event }) => event),
  })
})

test('C5 what a dead letter and a parked event have not is no key', () => {
  const message = { id: 'x', label: 'charge', payload: {}, why: 'no', since: NOW, attempts: 0 }
  const parked = [{ event: { id: 'early', sagaId: 's', label: 'charged', payload: {} }, since: NOW, expires: NOW }]
  const dead: DeadLetter[] = [
    { ...message, kind: 'event' },
    { ...message, channel: 'bank' },
  ]
  const { deadLetters, parked: waiting } = shown(amend(born, { dead, parked }).next)
  const keys = ['kind', 'id', 'label', 'payload', 'why', 'since', 'attempts']
  expect(Object.keys(deadLetters?.[0] ?? {})).toEqual(keys)
  expect(Object.keys(deadLetters?.[1] ?? {})).toEqual([...keys.slice(0, 3), 'channel', ...keys.slice(3)])
  expect(Object.keys(waiting?.[0]?.event ?? {})).toEqual(['id', 'sagaId', 'label', 'payload'])
})

test('C5 a saga without bookkeeping shows none', () => {
  const { next } = amend(born, { settled: ['s/0/0'] })
  expect(Object.keys(encodeDocument(next, []))).not.toEqual(expect.arrayContaining(['owed']))
  expect(shown(next)).toEqual({})
})

test('C5 the instants of bookkeeping are ISO 8601', () => {
  const event = { id: 'early', sagaId: 's', label: 'charged', payload: { amount: 3 }, trace: '00-5-6-01' }
  const parked = [{ event, since: NOW, expires: NOW }]
  const timer = { step: 0, deadline: NOW, resends: 2, event: 'expired' }
  const { next } = amend({ ...born, timer: { ...timer, resends: 3 } }, { parked, timer, tried: [] })
  const [debt] = next.owed
  expect(shown(next)).toEqual({
    owed: [
      {
        id: 's/0/0',
        label: 'reserve',
        channel: 'warehouse',
        attempts: 0,
        since: AT,
        due: new Date(debt?.due ?? 0).toISOString(),
      },
    ],
    parked: [{ event, since: AT, expires: AT }],
    timer: { ...timer, deadline: AT },
  })
})

test('C5 a command in backoff shows its next try; one whose lease was released is due since its decision', () => {
  const [debt] = born.owed
  const owing = (due: number): Saga => ({
    ...born,
    owed: debt ? [{ ...debt, attempts: 1, tried: true, due }] : [],
    due,
  })
  const later = new Date(NOW + 5_000).toISOString()
  expect(shown(owing(NOW + 5_000)).owed).toMatchObject([{ since: AT, due: later, nextTry: later }])
  expect(encodeSummary(owing(NOW + 5_000)).due).toBe(later)
  const [released] = shown(owing(RELEASED)).owed ?? []
  expect(released).toMatchObject({ since: AT, due: AT })
  expect(released).not.toHaveProperty('nextTry')
  expect(encodeSummary(owing(RELEASED)).due).toBe(AT)
})

test('C3.6 no answer shows a handed-on header', () => {
  const headers = { miauserid: 'u-1', authorization: 'Bearer hush' }
  const message = { label: 'charge', payload: {}, why: 'status 400', since: NOW, attempts: 3, headers }
  const event = { id: 'early', sagaId: 's', label: 'charged', payload: {}, headers }
  const { next } = amend(birth({ headers }).next, {
    dead: [
      { ...message, id: 's/9/0', channel: 'bank' },
      { ...message, id: 'key/1', kind: 'event' },
    ],
    parked: [{ event, since: NOW, expires: NOW }],
  })
  expect(next.owed[0]?.headers).toEqual(headers)
  expect(JSON.stringify([encodeDocument(next, []), encodeSummary(next)])).not.toMatch(/hush|u-1|headers/)
})

test('C5 P15 dead letters say of which kind they are', () => {
  const message = { label: 'charge', payload: { n: 0 }, why: 'status 400', since: NOW, attempts: 3 }
  const dead: DeadLetter[] = [
    { ...message, id: 's/0/0', channel: 'bank', trace: 'T' },
    { ...message, id: 'key/1', kind: 'event', attempts: 0 },
  ]
  expect(shown(amend(born, { dead }).next).deadLetters).toEqual([
    { ...message, kind: 'command', id: 's/0/0', channel: 'bank', trace: 'T', since: AT },
    { ...message, kind: 'event', id: 'key/1', since: AT, attempts: 0 },
  ])
})
