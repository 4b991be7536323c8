import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import { BodyBudget, BodyReservation } from '../../../src/http/body-budget.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const LIMITS = { bodiesLimit: 1_000, bodyLimit: 1_000, bodyTimeout: 30_000 }

test('P16 P19 bodies of requests that the host ended without a word are held until none would be', async () => {
  const runtime = simulatedRuntime()
  const budget = new BodyBudget(LIMITS, runtime)
  const lost = new BodyReservation(budget)
  expect(lost.grow(400)).toBe(true)
  await runtime.advance(10_000)
  expect(lost.grow(200)).toBe(true) // counts from its first byte
  const late = new BodyReservation(budget)
  expect(late.grow(400)).toBe(true)

  await runtime.advance(LIMITS.bodyTimeout + DEFAULTS.lostRequest - 10_000)
  const next = new BodyReservation(budget)
  expect([next.grow(1), budget.held]).toEqual([false, 1_000])
  await runtime.advance(1)
  expect([next.grow(1), budget.held]).toEqual([true, 401])
  lost.release()
  expect(budget.held).toBe(401)
  late.release()
  next.release()
  expect(budget.held).toBe(0)
})
