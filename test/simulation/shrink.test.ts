import { describe, expect, test } from 'vitest'
import type { Violation } from '../../testing/checker/observation.ts'
import { shrink } from '../../testing/simulation/world/runs/shrink.ts'
import type { SimulatedRun } from '../../testing/simulation/world/runs/simulated-run.ts'
import { traceOf } from '../../testing/simulation/world/runs/trace.ts'
import { runOf } from './judged.ts'

/** A rule that is no rule: no process ever crashes. */
function crashes({ observations }: SimulatedRun): readonly Violation[] {
  return observations
    .filter(({ kind }) => kind === 'crashed')
    .map(({ at }) => ({ rule: 'X1', why: 'a process crashed', at }))
}

describe('a run that is shrunk', () => {
  test('keeps what the violation needs, and is the same run when it is repeated', async () => {
    const seed = await crashingSeed()
    const simulate = (dropped: ReadonlySet<string>) => runOf({ seed, dropped })
    const whole = await simulate(new Set())
    const shrunk = await shrink({ simulate, check: crashes })
    expect(shrunk.violations.map(({ rule }) => rule)).toContain('X1')
    expect(shrunk.run.happened.length).toBeLessThan(whole.happened.length)
    expect(shrunk.run.happened.some(({ what }) => what.startsWith('crash'))).toBe(true)
    expect(traceOf(await simulate(shrunk.dropped))).toEqual(traceOf(shrunk.run))
  })

  test('without a violation nothing is left out', async () => {
    const shrunk = await shrink({ simulate: (dropped) => runOf({ seed: 1, dropped }), check: () => [] })
    expect([shrunk.runs, shrunk.dropped.size, shrunk.violations]).toEqual([1, 0, []])
  })

  test('a trace has one line for each observation and each happening, in the order of time', async () => {
    const run = await runOf({ seed: 7 })
    const lines = traceOf(run)
    expect(lines).toHaveLength(run.observations.length + run.happened.length)
    const times = lines.map((line) => Number.parseFloat(line))
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(lines.some((line) => line.includes(': created'))).toBe(true)
  })
})

/** A seed with a crash among other happenings. */
async function crashingSeed(): Promise<number> {
  for (let seed = 1; seed < 500; seed++) {
    const run = await runOf({ seed })
    if (crashes(run).length > 0 && run.happened.length >= 8) return seed
  }
  throw new Error('find a seed with a crash: none of 500 has one')
}
