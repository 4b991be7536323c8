import type { Mutant } from './mutant.ts'
import type { Verdict } from './verdicts.ts'

/**
 * What the unit tests said to a mutant. `endless`: a test went on and on. `at load`: it acts only while a test file loads, as that of
 * a constant does, and was not run. `not covered`: no test reaches it.
 */
export type Outcome = 'killed' | 'endless' | 'survived' | 'not covered' | 'at load' | 'equivalent'

export interface Judged extends Mutant {
  readonly outcome: Outcome
}

/** The outcome of each mutant. */
export function judge(mutants: readonly Mutant[], verdicts: readonly Verdict[]): readonly Judged[] {
  const outcomes = new Map<string, Outcome>()
  const files = verdicts.filter((one) => one.kind === 'file')
  for (const { loaded } of files) for (const key of loaded) outcomes.set(key, 'at load')
  for (const { tested } of files) for (const key of tested) outcomes.set(key, 'survived')
  for (const one of verdicts) if (one.kind !== 'file') outcomes.set(one.mutant, one.kind)
  return mutants.map((mutant) => ({ ...mutant, outcome: outcomes.get(mutant.key) ?? 'not covered' }))
}
