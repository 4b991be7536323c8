import { shrink } from '../../../testing/simulation/world/runs/shrink.ts'
import { findingsOf, keyOf } from './run-findings.ts'
import type { RunFinding } from './run-findings.ts'
import type { Sightings } from './run-tally.ts'
import { sagaTrace } from './saga-trace.ts'
import type { TraceLine } from './saga-trace.ts'
import { runOfSeed, termsOf } from './seed-run.ts'
import type { SeedRun, Simulated } from './seed-run.ts'

/** A run that shows a finding, with as few faults as were found to be needed. */
export interface FindingExample {
  readonly seed: number
  /** Without any fault. */
  readonly isPlain: boolean
  readonly sagaId: string | undefined
  readonly trace: readonly TraceLine[]
}

/** Runs that the shrinking of one finding may take. */
const MOST = 120

/** The first run that has shown a finding, without the faults that it does not need. */
export async function exampleOf(
  simulated: Simulated,
  { what, seed }: Sightings<RunFinding>,
  isPlain: boolean,
): Promise<FindingExample> {
  const terms = termsOf(simulated)
  const key = keyOf(what)
  const check = (run: Awaited<ReturnType<typeof runOfSeed>>) =>
    findingsOf(run, terms)
      .filter(({ finding }) => keyOf(finding) === key)
      .map(({ sagaId }) => ({ rule: key, why: '', sagaId }))
  const simulate = (dropped: SeedRun['dropped']) => runOfSeed(simulated, { seed, isPlain, dropped })
  const { run, violations } = await shrink({ simulate, check, most: isPlain ? 1 : MOST })
  const sagaId = violations[0]?.sagaId
  return { seed, isPlain, sagaId, trace: sagaTrace(run, sagaId) }
}
