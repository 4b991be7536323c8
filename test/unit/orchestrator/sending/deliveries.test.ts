import { expect, test } from 'vitest'
import { OPERATOR_LABELS } from '../../../../src/engine/operator-step.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import { deliveriesOf } from '../../../../src/orchestrator/sending/deliveries.ts'
import { debtOf, sagaOf } from './settlement-stage.ts'

const accepted = (id: string) => ({ id, label: 'do', attempts: 0, since: undefined, at: 77 })
const idsOf = (saga: Saga) =>
  deliveriesOf(
    saga,
    saga.owed.map(({ id }) => accepted(id)),
  )?.map(({ id }) => id)

test('P18 those of the newest step, or of the step that entered the state, and no other', () => {
  const owed = ['a/1/0', 'a/2/0', 'a/3/0', 'a/11/0', 'b/3/0'].map((id) => debtOf(id))
  expect(idsOf(sagaOf('a', owed, { length: 4 }))).toEqual(['a/3/0'])
  expect(idsOf(sagaOf('a', owed, { length: 4, enteringStep: 1 }))).toEqual(['a/1/0', 'a/3/0'])
  expect(idsOf(sagaOf('a', [debtOf('a/1/0')], { length: 4 }))).toBeUndefined()
})

test('P18 P25 of a saga that an earlier version patched, the newest command of the instant at which the state was entered', () => {
  const patched = { length: 9, latestEvent: OPERATOR_LABELS['patch-metadata'], enteredAt: 5 }
  const owed = [debtOf('a/1/0', 5), debtOf('a/2/0', 5), debtOf('a/3/0', 5)]
  expect(idsOf(sagaOf('a', owed, patched))).toEqual(['a/3/0'])
  expect(idsOf(sagaOf('a', owed, { ...patched, enteredAt: 6 }))).toBeUndefined()
  expect(idsOf(sagaOf('a', owed, { ...patched, enteringStep: 8 }))).toBeUndefined()
})

test('P18 a delivery has the parts of its debt, and counts the send that arrived', () => {
  const debt = { ...debtOf('a/0/0', 5), sends: 3, trace: 't', headers: { h: 'x' }, body: '{}' }
  const parts = {
    id: 'a/0/0',
    label: 'do',
    channel: 'bank',
    since: 5,
    at: 77,
    trace: 't',
    headers: { h: 'x' },
    body: '{}',
  }
  expect(deliveriesOf(sagaOf('a', [debt]), [accepted('a/0/0')])).toEqual([{ ...parts, sends: 4 }])
  const [first] = deliveriesOf(sagaOf('a', [debtOf('a/0/0')]), [accepted('a/0/0')]) ?? []
  expect(first?.sends).toBe(1)
  expect(deliveriesOf(sagaOf('a', [debt]), [accepted('a/0/1')])).toBeUndefined()
})
