import { shrink } from '../../testing/simulation/world/runs/shrink.ts'
import { traceOf } from '../../testing/simulation/world/runs/trace.ts'
import { runOf, violationsOf } from './judged-run.ts'
import type { SeedOptions } from './judged-run.ts'

/** Options of `replay`. */
export interface ReplayOptions extends Pick<SeedOptions, 'seed' | 'store'> {
  /** The run as it is, not shrunk. */
  readonly whole: boolean
}

/** Prints the trace of one seed, shrunk where it breaks a rule. Returns the exit code: 1 where it does. */
export async function replay({ seed, store, whole }: ReplayOptions): Promise<number> {
  const simulate = (dropped: ReadonlySet<string>) => runOf({ seed, store, dropped })
  const shrunk = await shrink({ simulate, check: violationsOf, most: whole ? 1 : undefined })
  const { run, violations, runs } = shrunk
  for (const line of traceOf(run)) console.log(line)
  const { versions, odds: _, retries, ...plan } = run.plan
  console.log(`\nseed ${seed}: ${JSON.stringify({ ...plan, retries: Object.fromEntries(retries), versions })}`)
  if (violations.length === 0) {
    console.log('no rule is broken')
    return 0
  }
  const left = run.happened.length
  if (!whole) console.log(`shrunk in ${runs} runs; ${left} happenings are left, each of them needed`)
  for (const { rule, sagaId = '', at, why } of violations) {
    console.log(`${rule} ${sagaId}${at === undefined ? '' : ` #${at}`}: ${why}`)
  }
  return 1
}
