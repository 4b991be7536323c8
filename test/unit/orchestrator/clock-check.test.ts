import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import { ClockCheck } from '../../../src/orchestrator/clock-check.ts'
import type { Health } from '../../../src/ports/health.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

function scene(answer: (now: number) => Health) {
  const runtime = simulatedRuntime()
  let asked = 0
  const store = { name: 'redis', probe: async () => (asked++, answer(runtime.wallClock())) }
  return { runtime, clock: new ClockCheck(store, runtime), asked: () => asked }
}

describe('clock', () => {
  test('P23 a clock that is right is compared once in a while, not at every look', async () => {
    const { runtime, clock, asked } = scene((now) => ({ ok: true, time: now }))
    for (let look = 0; look < 10; look++) expect(await clock.agrees()).toBe(true)
    expect(asked()).toBe(1)
    await runtime.advance(DEFAULTS.clockLook)
    await clock.agrees()
    expect(asked()).toBe(2)
  })

  test.each([-1, 1])('P23 more than five seconds off, either way: said once, until it is right again', async (sign) => {
    let off = DEFAULTS.clockTolerance + 1
    const { runtime, clock } = scene((now) => ({ ok: true, time: now + sign * off }))
    expect(await clock.agrees()).toBe(false)
    expect(await clock.agrees()).toBe(false)
    expect(runtime.logged.filter(({ level }) => level === 'error')).toHaveLength(1)
    off = DEFAULTS.clockTolerance
    expect(await clock.agrees()).toBe(true)
    expect(runtime.logged.at(-1)?.message).toContain('again')
  })

  test('P23 a store without a clock, or without an answer, says nothing about ours', async () => {
    expect(await scene(() => ({ ok: true })).clock.agrees()).toBe(true)
    expect(await scene(() => ({ ok: false, why: 'away' })).clock.agrees()).toBe(true)
  })
})
