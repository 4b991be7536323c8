import { describe, expect, test } from 'vitest'
import { TimerGrace } from '../../../../src/orchestrator/timers/timer-grace.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const GRACE = 300_000

/** A source that has caught up when the test says so. */
function source() {
  const waits: { readonly resolve: () => void; readonly isWanted: () => boolean }[] = []
  return {
    assignments: 0,
    waits,
    caughtUp: (isWanted: () => boolean) => new Promise<void>((resolve) => waits.push({ resolve, isWanted })),
  }
}

function scene({ sources = [source()], grace = GRACE } = {}) {
  const runtime = simulatedRuntime()
  const over: number[] = []
  const timerGrace = new TimerGrace({ sources, grace, runtime, onOver: (deadline) => over.push(deadline) })
  return { runtime, over, timerGrace, sources, first: sources[0] ?? source() }
}

describe('TimerGrace', () => {
  test('P18 without trouble nothing waits', () => {
    expect(scene().timerGrace.holdsBack(1)).toBe(false)
  })

  test('P18 after trouble an event waits until every source has caught up, and the sweep hears of the earliest', async () => {
    const { timerGrace, sources, over, runtime } = scene({ sources: [source(), source()] })
    timerGrace.begin()
    expect([timerGrace.holdsBack(7), timerGrace.holdsBack(5), timerGrace.holdsBack(9)]).toEqual([true, true, true])
    sources[0]?.waits[0]?.resolve()
    await runtime.advance(10)
    expect(timerGrace.holdsBack(8)).toBe(true)
    sources[1]?.waits[0]?.resolve()
    await runtime.advance(10)
    expect([timerGrace.holdsBack(8), over]).toEqual([false, [5]])
  })

  test('P18 it waits at most the grace, and asks no more then', async () => {
    const { timerGrace, first, over, runtime } = scene()
    timerGrace.begin()
    expect(timerGrace.holdsBack(5)).toBe(true)
    await runtime.advance(GRACE - 1)
    expect([timerGrace.holdsBack(5), first.waits[0]?.isWanted()]).toEqual([true, true])
    await runtime.advance(2)
    expect([timerGrace.holdsBack(5), first.waits[0]?.isWanted(), over]).toEqual([false, false, [5]])
  })

  test('P18 further trouble begins the wait anew: what was seen before does not end it', async () => {
    const { timerGrace, first, runtime } = scene()
    timerGrace.begin()
    await runtime.advance(GRACE / 2)
    timerGrace.begin()
    expect(first.waits.map(({ isWanted }) => isWanted())).toEqual([false, true])
    first.waits[0]?.resolve()
    await runtime.advance(GRACE - 1)
    expect(timerGrace.holdsBack(1)).toBe(true)
    first.waits[1]?.resolve()
    await runtime.advance(1)
    expect(timerGrace.holdsBack(1)).toBe(false)
  })

  test('P18 an assignment is trouble, before the first event of a timer after it', async () => {
    const { timerGrace, first, runtime } = scene()
    expect(timerGrace.holdsBack(1)).toBe(false)
    first.assignments++
    expect(timerGrace.holdsBack(1)).toBe(true)
    first.waits[0]?.resolve()
    await runtime.advance(1)
    expect(timerGrace.holdsBack(1)).toBe(false)
  })

  test.each([
    ['without sources', { sources: [] }],
    ['with a grace of zero', { grace: 0 }],
  ])('P18 %s nothing waits', (_, options) => {
    const { timerGrace } = scene(options)
    timerGrace.begin()
    expect(timerGrace.holdsBack(1)).toBe(false)
  })

  test('P18 a process that stops ends no wait', async () => {
    const { timerGrace, first, over, runtime } = scene()
    timerGrace.begin()
    timerGrace.holdsBack(5)
    timerGrace.stop()
    await runtime.advance(2 * GRACE)
    expect([first.waits[0]?.isWanted(), over]).toEqual([false, []])
  })
})
