import type { Violation } from '../../../checker/observation.ts'
import type { Happening } from '../run-chance.ts'
import type { SimulatedRun } from './simulated-run.ts'

/** A run that breaks a rule, with as little in it as was found. */
export interface ShrunkRun {
  readonly run: SimulatedRun
  readonly violations: readonly Violation[]
  /** Happenings that were left out. */
  readonly dropped: ReadonlySet<string>
  /** Runs that it took. */
  readonly runs: number
}

/** Options of `shrink`. */
export interface ShrinkOptions {
  /** Runs the seed without these happenings. */
  readonly simulate: (dropped: ReadonlySet<string>) => Promise<SimulatedRun>
  readonly check: (run: SimulatedRun) => readonly Violation[]
  /** Runs after which the best so far is taken. Default: 400. */
  readonly most?: number | undefined
}

/**
 * Leaves happenings out of a run, first many at once and then one by one, as long as the rule that it broke first is still broken. What
 * is left is what the violation needs.
 */
export async function shrink({ simulate, check, most = 400 }: ShrinkOptions): Promise<ShrunkRun> {
  const run = await simulate(new Set())
  let best: ShrunkRun = { run, violations: check(run), dropped: new Set(), runs: 1 }
  const rule = best.violations[0]?.rule
  if (rule === undefined) return best
  let runs = 1
  for (let size = best.run.happened.length; size >= 1 && runs < most; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.run.happened.length && runs < most;) {
      const dropped = new Set([...best.dropped, ...keysOf(best.run.happened.slice(from, from + size))])
      const smaller = await simulate(dropped)
      const violations = check(smaller)
      runs++
      if (violations.some((one) => one.rule === rule)) best = { run: smaller, violations, dropped, runs }
      else from += size
    }
  }
  return { ...best, runs }
}

function keysOf(happened: readonly Happening[]): readonly string[] {
  return happened.map(({ key }) => key)
}
