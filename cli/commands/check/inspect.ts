import { describe, describeFinding } from '../../../src/config/problem.ts'
import { examine } from '../../../src/config/read.ts'
import type { SecretSources } from '../../../src/config/secret.ts'

export interface InspectOptions {
  /** Whether a finding is a problem (C2.5). */
  readonly strict: boolean
  /** Where secrets are looked up: here, which need not be where the orchestrator will run. */
  readonly sources: SecretSources
}

/** One line each. */
export interface Findings {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** The text of a saga.json → everything there is to say about it (C1.2, C2), none of it a secret. */
export async function inspect(text: string, { strict, sources }: InspectOptions): Promise<Findings> {
  const examined = await examine(text, sources)
  const problems = examined.problems.map(describe)
  const findings = examined.findings.map(describeFinding)
  const unresolved = examined.unresolved.map(describe)
  return strict
    ? { problems: [...problems, ...findings], warnings: unresolved }
    : { problems, warnings: [...findings, ...unresolved] }
}
