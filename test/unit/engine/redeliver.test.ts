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
