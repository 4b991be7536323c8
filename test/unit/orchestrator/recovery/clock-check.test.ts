import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { ClockCheck } from '../../../../src/orchestrator/recovery/clock-check.ts'
import type { Health } from '../../../../src/ports/health.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

function scene(answer: (now: number) => Health) {
  const runtime = simulatedRuntime()
  let asked = 0
  const store = { name: 'redis', probe: async () => (asked++, answer(runtime.wallClock())) }
  return { runtime, clock: new ClockCheck(store, runtime), asked: () => asked }
}

describe('clock check', () => {
  test('P23 clocks that agree are compared once a minute, not at every sweep', async () => {
    const { runtime, clock, asked } = scene((now) => ({ ok: true, time: now }))
    for (let look = 0; look < 10; look++) expect(await clock.agrees()).toBe(true)
    expect(asked()).toBe(1)
    await runtime.advance(DEFAULTS.clockLook)
    await clock.agrees()
    expect(asked()).toBe(2)
  })

  test.each([-1, 1])(
    'P23 a difference of more than five seconds, either way, is logged once, and so is its end',
    async (sign) => {
      let off = DEFAULTS.clockTolerance + 1
      const { runtime, clock } = scene((now) => ({ ok: true, time: now + sign * off }))
      expect(await clock.agrees()).toBe(false)
      expect(await clock.agrees()).toBe(false)
      expect(runtime.logged.filter(({ level }) => level === 'error')).toHaveLength(1)
      off = DEFAULTS.clockTolerance
      expect(await clock.agrees()).toBe(true)
      expect(runtime.logged.at(-1)?.code).toBe('clock.agrees')
    },
  )

  test('P23 a store without a clock, or without an answer, leaves the result as it is', async () => {
    expect(await scene(() => ({ ok: true })).clock.agrees()).toBe(true)
    expect(await scene(() => ({ ok: false, why: 'away' })).clock.agrees()).toBe(true)
  })

  test('P23 a clock that was set is noticed, logged with the difference, and compared at once; a slewed one is not', async () => {
    const { runtime, clock, asked } = scene((now) => ({ ok: true, time: now }))
    await clock.agrees()
    for (const step of [1_000, -1_000, 0]) {
      runtime.jump(step)
      await clock.agrees()
    }
    expect([clock.jumps, asked(), runtime.logged]).toEqual([0, 1, []])
    for (const milliseconds of [1_001, -3_600_000]) {
      runtime.jump(milliseconds)
      await clock.agrees()
      expect(runtime.logged.at(-1)).toMatchObject({ code: 'clock.set', fields: { milliseconds } })
    }
    expect([clock.jumps, asked()]).toEqual([2, 3])
  })

  test('P23 a store that read its clock between question and answer agrees; the difference is that to the nearer end', async () => {
    const { runtime, clock } = scene((now) => ({ ok: true, time: now + DEFAULTS.clockTolerance + 40 }))
    expect(await clock.agrees()).toBe(false)
    const fields = { store: 'redis', milliseconds: DEFAULTS.clockTolerance + 40 }
    expect(runtime.logged).toMatchObject([{ code: 'clock.differs', fields }])
  })
})
