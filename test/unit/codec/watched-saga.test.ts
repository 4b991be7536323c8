import { describe, expect, test } from 'vitest'
import { businessEvent, businessState } from '../../../src/codec/business-fields.ts'
import { encodeComment, encodeFrame } from '../../../src/codec/event-frame.ts'
import { encodeHookedSaga } from '../../../src/codec/hooked-saga.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { encodeOutline } from '../../../src/codec/saga-outline.ts'
import { watchedSaga, watchedStep } from '../../../src/codec/watched-saga.ts'
import { birth, NOW, step } from '../../../testing/contract/build.ts'

const AT = new Date(NOW).toISOString()
const OUTLINE = { sagaId: 's', associatedEntityId: 'e', currentState: 'open', latestEvent: 'made', isFinal: false }

describe('C5 business tags', () => {
  test('they are two fields, of which a description may be absent; without a tag there are none', () => {
    expect(businessState({ id: 1, description: 'd' })).toEqual({ businessStateId: 1, businessStateDescription: 'd' })
    expect(businessEvent({ id: 'x', description: '' })).toEqual({ businessEventId: 'x', businessEventDescription: '' })
    expect(Object.keys(businessState({ id: 1 }))).toEqual(['businessStateId'])
    expect(Object.keys(businessEvent({ id: 1 }))).toEqual(['businessEventId'])
    expect([businessState(undefined), businessEvent(undefined)]).toEqual([{}, {}])
  })

  test('an outline has the tag of the state', () => {
    const saga = birth({ id: 's', entity: 'e' }).next
    expect(encodeOutline(saga)).toEqual({
      ...OUTLINE,
      latestEvent: 'orderPlaced',
      businessStateId: 1,
      businessStateDescription: 'Under way',
    })
  })
})

describe('C2.7 the saga that a hook gets', () => {
  test('its history goes up to the step, without our fields', () => {
    const born = birth({ id: 's', entity: 'e', metadata: { a: 1 }, at: NOW })
    const first = born.change.step
    if (first === undefined) throw new TypeError('a birth has a step')
    const begun = encodeHookedSaga(first, 'e', { states: [], events: [] })
    expect(begun).toMatchObject({ sagaId: 's', associatedEntityId: 'e', currentState: 'open', metadata: { a: 1 } })
    const { change } = step(born.next, 'reserved', { id: 'x', payload: { b: 2 }, by: { operation: 'o' } })
    const ours = { id: 'k', machine: 'm', operation: 'o', renamedFrom: 'r', changed: ['a'], changedCount: 30 }
    const earlier = { event: 'orderPlaced', timestamp: AT }
    const before = { states: begun.history.states, events: [{ ...earlier, ...ours }] }
    const hooked = encodeHookedSaga(change.step as never, 'e', before)
    expect(hooked).toMatchObject({ currentState: 'paying', latestEvent: 'reserved', metadata: { a: 1, b: 2 } })
    expect(hooked.history.states.map(({ state }) => state)).toEqual(['open', 'paying'])
    expect(hooked.history.events[0]).toEqual(earlier)
    const entry = hooked.history.events[1]
    expect(entry).toMatchObject({ event: 'reserved', businessEventId: 7 })
    for (const key of Object.keys(ours)) expect(entry).not.toHaveProperty(key)
    expect(before.events[0]).toHaveProperty('machine')
  })
})

describe('a saga as watchers see it', () => {
  test('a step has what its entries have, and nothing absent', () => {
    const event = {
      id: 'e1',
      machine: 'm',
      event: 'paid',
      timestamp: AT,
      businessEventId: 7,
      businessEventDescription: 'd',
      operation: 'o',
      renamedFrom: 'was',
      changed: ['a'],
      changedCount: 30,
      other: 1,
    }
    const state = { state: 'open', timestamp: AT, businessStateId: 0, businessStateDescription: 's', other: 1 }
    expect(watchedStep({ sagaId: 's', step: 3 }, { event, state })).toEqual({
      sagaId: 's',
      step: 3,
      event: 'paid',
      eventId: 'e1',
      businessEventId: 7,
      businessEventDescription: 'd',
      state: 'open',
      businessStateId: 0,
      businessStateDescription: 's',
      at: AT,
      operation: 'o',
      renamedFrom: 'was',
      changed: ['a'],
      changedCount: 30,
    })
    const bare = watchedStep(
      { sagaId: 's', step: 0 },
      { event: { event: 'made', timestamp: AT, id: null } as never, state: undefined },
    )
    expect(bare).toStrictEqual({ sagaId: 's', step: 0, event: 'made', state: '', at: AT })
  })

  test('what it waits for comes in numbers, without zeros', () => {
    const debt = { id: 'd', label: 'l', channel: 'c', attempts: 0, since: AT, due: AT }
    const operation = { id: 'o', action: 'hold', at: AT, operator: 'zoe', reason: 'x' } as const
    const document: SagaDocument = {
      ...OUTLINE,
      businessStateId: 1,
      businessStateDescription: 'd',
      metadata: { secret: 1 },
      history: {
        states: [],
        events: [],
        operations: [{ ...operation, id: 'oldest' }, { ...operation, id: 'older' }, operation],
      },
      stateSince: AT,
      owed: [debt, { ...debt, sends: 2 }, { ...debt, sends: 3 }],
      delivered: [{ ...debt, at: AT, sends: 1 }],
      deadLetters: [],
      parked: [{ event: { id: 'p', sagaId: 's', label: 'x', payload: {} }, since: AT, expires: AT }],
      timer: { step: 0, deadline: AT, resends: 0 },
      hold: { since: AT },
    }
    const dead = { ...debt, kind: 'command', payload: {}, why: 'no' } as const
    expect(watchedSaga({ ...document, deadLetters: [dead, dead] }).deadLetters).toBe(2)
    expect(watchedSaga(document, 9)).toStrictEqual({
      ...OUTLINE,
      businessStateId: 1,
      businessStateDescription: 'd',
      steps: 9,
      stateSince: AT,
      owed: 3,
      failedSends: 5,
      delivered: 1,
      parked: 1,
      timer: AT,
      hold: { since: AT },
      operation,
    })
  })

  test('of a bare document there is the outline, with the length of its history', () => {
    const event = { id: 'e', event: 'made', timestamp: AT, machine: 'm' }
    const document: SagaDocument = { ...OUTLINE, metadata: {}, history: { states: [], events: [event, event] } }
    expect(watchedSaga(document)).toStrictEqual({ ...OUTLINE, steps: 2 })
  })
})

test('a server-sent event is a name, perhaps an id, and one line of data', () => {
  expect(encodeFrame({ event: 'step', id: 0, data: { text: 'a\nb' } })).toBe(
    'id: 0\nevent: step\ndata: {"text":"a\\nb"}\n\n',
  )
  expect(encodeFrame({ event: 'beat', data: {} })).toBe('event: beat\ndata: {}\n\n')
  expect(encodeComment('alive')).toBe(': alive\n\n')
})
