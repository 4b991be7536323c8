import { expect, test } from 'vitest'
import { PullTimers } from '../../../../src/orchestrator/sending/pull-timers.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

/** Timers of which each run is written down as its name and instant. */
function world() {
  const runtime = simulatedRuntime()
  const timers = new PullTimers(runtime)
  const runs: string[] = []
  const set = (name: string, wait: number) => timers.set(name, wait, () => runs.push(`${name} ${runtime.monotonic()}`))
  return { runtime, set, runs }
}

test('P28 a channel has one timer, that of its earliest command', async () => {
  const { runtime, set, runs } = world()
  for (const wait of [300, 200, 200, 400]) set('bank', wait)
  set('shop', 250)
  expect(runtime.timers).toBe(2)
  await runtime.advance(1_000)
  expect(runs).toEqual(['bank 200', 'shop 250'])
})

test('P28 a timer that ran is set again, later than the last one', async () => {
  const { runtime, set, runs } = world()
  set('bank', 100)
  await runtime.advance(100)
  set('bank', 500)
  await runtime.advance(500)
  expect(runs).toEqual(['bank 100', 'bank 600'])
})

test('P28 as time passes a shorter wait may be the later one', async () => {
  const { runtime, set, runs } = world()
  set('bank', 100)
  await runtime.advance(60)
  set('bank', 50)
  await runtime.advance(1_000)
  expect(runs).toEqual(['bank 100'])
})

test('P28 a wait has at least a millisecond and no part of one; without an end it sets nothing', async () => {
  const { runtime, set, runs } = world()
  set('bank', 0)
  set('shop', 2.2)
  set('desk', Number.POSITIVE_INFINITY)
  expect(runtime.timers).toBe(2)
  await runtime.advance(10)
  expect(runs).toEqual(['bank 1', 'shop 3'])
})
