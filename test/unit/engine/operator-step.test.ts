import { describe, expect, test } from 'vitest'
import { isCancelled, isCancelledSaga } from '../../../src/engine/dead-letters.ts'
import { moveTo, patchMetadata } from '../../../src/engine/operator-step.ts'
import type { OperationRecord } from '../../../src/engine/operation-record.ts'
import { after, AT, born, MACHINE } from './held-saga.ts'

const HAND = { saga: born(), operation: 'key/7', now: AT + 5 }

describe('a move by hand', () => {
  const move = { ...HAND, kind: 'move', target: MACHINE.initial } as const

  test('P25 it enters the state with its commands and its timer, and the metadata stay', () => {
    const step = moveTo(MACHINE, { ...move, command: true })
    expect(step).toMatchObject({
      sagaId: 's',
      number: 1,
      at: AT + 5,
      event: { id: 'key/7', label: '__moved__' },
      state: { id: 'asked', isFinal: false, business: { id: 4, description: 'asked' } },
      metadata: { a: 1 },
      owes: [{ id: 's/1/0', label: 'ask', channel: 'bank', since: AT + 5, due: AT + 55 }],
      sideEffects: [{ id: 's/1/1', label: 'tell' }],
      timer: { step: 1, deadline: AT + 60_005, event: 'silence' },
      machine: MACHINE.hash,
      by: { operation: 'key/7' },
    })
    expect(step.owes[0]?.trace).toBeUndefined()
  })

  test('P25 without the command nothing is sent, and the timer is armed all the same', () => {
    const step = moveTo(MACHINE, { ...move, command: false })
    expect([step.owes, step.sideEffects, step.timer?.step]).toEqual([[], [], 1])
  })

  test('P25 a cancellation has a label of its own', () => {
    expect(moveTo(MACHINE, { ...move, kind: 'cancel', command: false }).event).toEqual({
      id: 'key/7',
      label: '__cancelled__',
    })
  })
})

test('P25 a patch of the metadata stays in the state, owes nothing and names the changed keys', () => {
  expect(patchMetadata(MACHINE, HAND, { a: null, b: 2 })).toEqual({
    sagaId: 's',
    number: 1,
    at: AT + 5,
    event: { id: 'key/7', label: '__metadata_patched__' },
    state: { id: 'asked', isFinal: false, business: { id: 4, description: 'asked' } },
    metadata: { b: 2 },
    changed: ['a', 'b'],
    owes: [],
    sideEffects: [],
    machine: MACHINE.hash,
    by: { operation: 'key/7' },
    stays: true,
  })
})

describe('cancellations', () => {
  test.each([
    ['cancelled', true],
    ['cancelled; its message is not kept', true],
    ['cancelled by the bank', false],
    ['status 500; cancelled;', false],
  ])('P25 a letter with the reason %j was cancelled: %j', (why, expected) => {
    expect(isCancelled({ why })).toBe(expected)
    expect(isCancelled({ why, hookFailed: true })).toBe(false)
  })

  test('P25 a saga is cancelled as long as it is where its cancellation has left it', () => {
    const record: OperationRecord = { id: 'o', action: 'cancel', at: AT, operator: 'zoe', reason: 'wrong' }
    const ended = { ...after(born(), { operation: record }), isFinal: true }
    expect(isCancelledSaga(ended)).toBe(true)
    expect(isCancelledSaga({ ...ended, isFinal: false })).toBe(false)
    expect(isCancelledSaga({ ...ended, enteredAt: AT + 1 })).toBe(false)
    expect(isCancelledSaga({ ...ended, operations: [{ ...record, action: 'move' }] })).toBe(false)
    expect(isCancelledSaga({ ...ended, operations: [{ ...record, action: 'move' }, record] })).toBe(true)
    expect(isCancelledSaga({ ...ended, operations: undefined })).toBe(false)
  })
})
