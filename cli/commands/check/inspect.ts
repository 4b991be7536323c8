import { describeProblem } from '../../../src/config/problem.ts'
import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import type { SecretSources } from '../../../src/config/secret.ts'
import { decodeUtf8 } from '../../../src/config/utf8.ts'

export interface InspectOptions {
  /** Whether a finding is a problem (C2.5). */
  readonly strict: boolean
  /** Where secrets are looked up: here, which need not be where the orchestrator will run. */
  readonly sources: SecretSources
}

/** One line each. */
export interface Inspection {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** The bytes of a saga.json → everything there is to say about it (C1.2, C2), none of it a secret. */
export async function inspect(file: Uint8Array, { strict, sources }: InspectOptions): Promise<Inspection> {
  const decoded = decodeUtf8(file)
  if (!decoded.ok) return { problems: [describeProblem({ path: '', ...decoded })], warnings: [] }
  const examined = await examineConfiguration(decoded.text, sources)
  const problems = examined.problems.map(describeProblem)
  const findings = examined.findings.map(describeProblem)
  const unresolved = examined.unresolved.map(describeProblem)
  return strict
    ? { problems: [...problems, ...findings], warnings: unresolved }
    : { problems, warnings: [...findings, ...unresolved] }
}
