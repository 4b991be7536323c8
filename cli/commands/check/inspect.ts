import { describeProblem } from '../../../src/config/problem.ts'
import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import type { SecretSources } from '../../../src/config/secret.ts'
import { hookProblems } from './hook-problems.ts'
import { decodeUtf8 } from '../../../src/config/utf8.ts'

/** Options of `inspect`. */
export interface InspectOptions {
  /** Reports findings as problems (C2.5). */
  readonly strict: boolean
  /** Looks up secrets on this machine; the orchestrator may run on another. */
  readonly sources: SecretSources
}

/** One line for each problem and each warning. */
export interface Inspection {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** The bytes of a saga.json → its problems and warnings (C1.2, C2), without the values of secrets. */
export async function inspect(file: Uint8Array, { strict, sources }: InspectOptions): Promise<Inspection> {
  const decoded = decodeUtf8(file)
  if (!decoded.ok) return { problems: [describeProblem({ path: '', ...decoded })], warnings: [] }
  const examined = await examineConfiguration(decoded.text, sources)
  const problems = [...examined.problems, ...hookProblems(examined.hooks)].map(describeProblem)
  const findings = examined.findings.map(describeProblem)
  const unresolved = examined.unresolved.map(describeProblem)
  return strict
    ? { problems: [...problems, ...findings], warnings: unresolved }
    : { problems, warnings: [...findings, ...unresolved] }
}
