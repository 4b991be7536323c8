import { expect, test } from 'vitest'
import { FarDebts } from '../../../../src/orchestrator/recovery/far-debts.ts'

test('P23 a saga is ripe once its other process had the time to come back to it', () => {
  const debts = new FarDebts()
  expect(debts.areWaiting).toBe(false)
  expect(debts.isRipe('s', 100, 50)).toBe(false)
  expect(debts.areWaiting).toBe(true)
  expect([debts.isRipe('s', 149, 50), debts.isRipe('s', 150, 50), debts.isRipe('t', 150, 50)]).toEqual([
    false,
    true,
    false,
  ])
})

test('P23 a look forgets the sagas that it did not see, and keeps the others with their instants', () => {
  const debts = new FarDebts()
  debts.isRipe('s', 0, 50)
  debts.isRipe('t', 0, 50)
  debts.ended()
  expect(debts.isRipe('s', 40, 50)).toBe(false)
  debts.ended()
  expect([debts.isRipe('s', 50, 50), debts.isRipe('t', 50, 50)]).toEqual([true, false])
  debts.clear()
  expect([debts.areWaiting, debts.isRipe('s', 60, 50)]).toEqual([false, false])
})

test('P23 ten thousand sagas are remembered; a further one when some of them are done', () => {
  const debts = new FarDebts()
  for (let at = 0; at < 10_000; at++) debts.isRipe(`s${at}`, 0, 50)
  debts.isRipe('further', 0, 50)
  expect([debts.isRipe('s9999', 50, 50), debts.isRipe('further', 50, 50)]).toEqual([true, false])
})
