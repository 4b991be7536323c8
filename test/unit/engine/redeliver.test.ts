import { expect, test } from 'vitest'
import { isEmptyPlan, redeliverPlan } from '../../../src/engine/redeliver.ts'
import type { DeadCommand, DeadEvent, Debt, Saga } from '../../../src/engine/saga.ts'
import { birth } from '../../../testing/contract/build.ts'

const debt = (id: string, part: Partial<Debt> = {}): Debt => ({
  id,
  label: 'pay',
  channel: 'bank',
  attempts: 0,
  since: 1,
  due: 900,
  ...part,
})
const letter: DeadCommand = {
  id: 's/0/0',
  label: 'book',
  channel: 'hotel',
  payload: { a: 1 },
  why: '500',
  since: 1,
  attempts: 3,
}
const event: DeadEvent = { kind: 'event', id: 'e', label: 'late', payload: {}, why: 'expired', since: 1, attempts: 0 }
const free = { now: 50, isUnderWay: () => false }

function saga(part: Partial<Saga>): Saga {
  return { ...birth().next, owed: [], ...part }
}

test('P25 everything owed and dead is sent, with id, payload and attempts of before', () => {
  const owed = [debt('s/1/0', { attempts: 2, tried: true })]
  const plan = redeliverPlan(saga({ owed, deadLetters: [letter, event] }), free)
  expect(plan).toMatchObject({ owed, underWay: [], hookFailed: [], events: [event] })
  expect(plan.revived).toMatchObject([{ id: 's/0/0', payload: { a: 1 }, attempts: 0, due: 50 }])
})

test('P25 with a channel, other channels and events are left alone', () => {
  const plan = redeliverPlan(saga({ owed: [debt('s/1/0')], deadLetters: [letter, event] }), {
    ...free,
    channel: 'hotel',
  })
  expect(plan).toMatchObject({ owed: [], events: [], revived: [{ id: 's/0/0' }] })
})

test('P12 what a process sends is left to it', () => {
  const plan = redeliverPlan(saga({ owed: [debt('s/1/0'), debt('s/2/0')] }), {
    now: 50,
    isUnderWay: ({ id }) => id === 's/1/0',
  })
  expect([plan.underWay, plan.owed]).toMatchObject([[{ id: 's/1/0' }], [{ id: 's/2/0' }]])
})

test('P13 a first attempt does not overtake one of another channel that waits; a retry does', () => {
  const first = debt('s/1/0', { channel: 'hotel' })
  const owed = [first, debt('s/2/0'), debt('s/3/0', { tried: true })]
  expect(redeliverPlan(saga({ owed }), { ...free, channel: 'bank' }).owed).toMatchObject([{ id: 's/3/0' }])
  const begun = [{ ...first, tried: true } as const, debt('s/2/0')]
  expect(redeliverPlan(saga({ owed: begun }), { ...free, channel: 'bank' }).owed).toMatchObject([{ id: 's/2/0' }])
})

test('P5 a command whose hook failed is handed out, not revived', () => {
  const failed: DeadCommand = { ...letter, hookFailed: true }
  expect(redeliverPlan(saga({ deadLetters: [failed] }), free)).toMatchObject({ hookFailed: [failed], revived: [] })
})

test('P25 a saga that owes nothing has nothing to send', () => {
  expect(isEmptyPlan(redeliverPlan(saga({}), free))).toBe(true)
  expect(isEmptyPlan(redeliverPlan(saga({ deadLetters: [event] }), free))).toBe(false)
})

test('P25 what an operator cancelled is skipped, unless it is asked for', () => {
  const cancelled: DeadCommand = { ...letter, id: 's/1/0', why: 'cancelled' }
  const of = (part: Partial<Saga>, rules = {}) =>
    redeliverPlan(saga({ deadLetters: [letter, cancelled], ...part }), { ...free, ...rules })
  expect(of({})).toMatchObject({ skipped: [cancelled], revived: [{ id: 's/0/0' }] })
  expect(of({}, { cancelled: true })).toMatchObject({ skipped: [], revived: [{ id: 's/0/0' }, { id: 's/1/0' }] })
  const record = { id: 'o', action: 'cancel', at: 5, operator: 'zoe', reason: 'wrong' } as const
  const ended = { isFinal: true, enteredAt: 5, operations: [record] }
  expect(of(ended)).toMatchObject({ skipped: [letter, cancelled], revived: [], gone: [] })
})

test('P25 with a channel, letters and debts of others are left alone', () => {
  const other: DeadCommand = { ...letter, id: 's/1/0', channel: 'bank' }
  const plan = redeliverPlan(
    saga({ owed: [debt('s/2/0'), debt('s/3/0', { channel: 'hotel' })], deadLetters: [letter, other] }),
    {
      now: 50,
      channel: 'hotel',
      isUnderWay: () => true,
    },
  )
  expect(plan.revived.map(({ id }) => id)).toEqual(['s/0/0'])
  expect(plan.underWay.map(({ id }) => id)).toEqual(['s/3/0'])
})

test('P25 a plan with any of its parts to send is not empty', () => {
  const empty = redeliverPlan(saga({}), free)
  const full = { owed: [debt('s/1/0')], revived: [debt('s/2/0')], hookFailed: [letter], events: [event] }
  for (const [part, content] of Object.entries(full)) expect(isEmptyPlan({ ...empty, [part]: content })).toBe(false)
  const pairs = { ...empty, ...full }
  expect(isEmptyPlan(pairs)).toBe(false)
  expect(isEmptyPlan({ ...pairs, events: [], hookFailed: [] })).toBe(false)
  expect(isEmptyPlan({ ...empty, hookFailed: [letter], events: [event] })).toBe(false)
  expect(isEmptyPlan({ ...empty, hookFailed: [letter], revived: [debt('s/2/0')] })).toBe(false)
  expect(isEmptyPlan({ ...empty, underWay: [debt('s/1/0')], gone: [letter], skipped: [letter] })).toBe(true)
})
