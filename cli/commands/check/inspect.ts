import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import { INSPECTORS } from '../../../src/config/inspectors.ts'
import { problem } from '../../../src/config/problem.ts'
import type { SecretSources } from '../../../src/config/secret.ts'
import { decodeUtf8 } from '../../../src/config/utf8.ts'
import { judgePattern } from '../../../workers/pattern-judge.ts'
import { hookProblems } from './hook-problems.ts'
import { inOrder, reportFinding, reportProblem, reportUnresolved, type Report } from '../../../src/config/report.ts'

/** Options of `inspect`. */
export interface InspectOptions {
  /** Reports findings as errors (C2.5). */
  readonly strict: boolean
  /** Looks up secrets on this machine; the orchestrator may run on another. */
  readonly sources: SecretSources
}

/** The bytes of a saga.json → its problems and findings (C1.2, C2.8) in the order of the text, without the values of secrets. */
export async function inspect(file: Uint8Array, { strict, sources }: InspectOptions): Promise<readonly Report[]> {
  const decoded = decodeUtf8(file)
  if (!decoded.ok) {
    const { found, expected, line, column } = decoded
    return [reportProblem(problem('text.encoding', { path: '', found, expected, line, column }))]
  }
  const examined = await examineConfiguration(decoded.text, sources, { inspectors: INSPECTORS, judgePattern })
  return inOrder([
    ...[...examined.problems, ...hookProblems(examined.hooks)].map(reportProblem),
    ...examined.findings.map((finding) => reportFinding(finding, strict)),
    ...examined.unresolved.map(reportUnresolved),
  ])
}
