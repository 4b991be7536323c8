import { describe, expect, test } from 'vitest'
import type { Steps } from '../../../src/drawing/steps.ts'
import { SharedSteps } from '../../../src/picture-routes/shared-steps.ts'

/** A host whose clock moves with each step of the work and each timer. */
function host() {
  const timers: (() => void)[] = []
  let now = 0
  return {
    work: (milliseconds: number) => void (now += milliseconds),
    monotonic: () => now,
    after: (wait: number, run: () => void) => {
      timers.push(() => ((now += wait), run()))
      return () => undefined
    },
    /** Runs all timers that wait now. */
    turn: async () => {
      for (const run of timers.splice(0)) run()
      await Promise.resolve()
    },
    timers,
  }
}

describe('a computation that requests share', () => {
  test('it pauses after some milliseconds, and is done once for all requests', async () => {
    const stage = host()
    let [begun, steps] = [0, 0]
    const shared = new SharedSteps(function* (): Steps<string> {
      begun++
      for (; steps < 10; steps++) {
        stage.work(4)
        yield
      }
      return 'done'
    })
    const results = [shared.result(stage), shared.result(stage)]
    expect(steps).toBe(1) // two of 4 ms, the second one not counted yet
    let turns = 0
    for (; stage.timers.length > 0; turns++) await stage.turn()
    expect(await Promise.all(results)).toEqual(['done', 'done'])
    expect(turns).toBeGreaterThanOrEqual(4)
    expect([begun, steps, await shared.result(stage), stage.timers.length]).toEqual([1, 10, 'done', 0])
  })

  test('it goes on where the first request was given up', async () => {
    const stage = host()
    const shared = new SharedSteps(function* (): Steps<number> {
      stage.work(20)
      yield
      return 7
    })
    void shared.result({ monotonic: stage.monotonic, after: () => () => undefined })
    stage.work(20)
    expect(await shared.result(stage)).toBe(7)
  })

  test('a failure is answered again without the work', async () => {
    const stage = host()
    let begun = 0
    // oxlint-disable-next-line require-yield -- it fails at once
    const shared = new SharedSteps(function* (): Steps<number> {
      begun++
      throw new RangeError('too much')
    })
    for (const _ of [1, 2]) await expect(shared.result(stage)).rejects.toThrow('too much')
    expect(begun).toBe(1)
  })
})
