import { examineConfiguration, type Configuration } from '../../../src/config/examine-configuration.ts'
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

/** A file after its check. */
export interface InspectedConfiguration {
  /** In the order of the text, without the values of secrets. */
  readonly reports: readonly Report[]
  /** Absent where the file is refused. A hook that is no usable module is reported alone. */
  readonly configuration?: Configuration | undefined
}

/** The bytes of a saga.json → its problems and findings (C1.2, C2.8) in the order of the text, without the values of secrets. */
export async function inspect(file: Uint8Array, options: InspectOptions): Promise<readonly Report[]> {
  return (await inspectConfiguration(file, options)).reports
}

/** The same, with the configuration where it is valid. */
export async function inspectConfiguration(
  file: Uint8Array,
  { strict, sources }: InspectOptions,
): Promise<InspectedConfiguration> {
  const decoded = decodeUtf8(file)
  if (!decoded.ok) {
    const { found, expected, line, column } = decoded
    return { reports: [reportProblem(problem('text.encoding', { path: '', found, expected, line, column }))] }
  }
  const examined = await examineConfiguration(decoded.text, sources, { inspectors: INSPECTORS, judgePattern })
  const reports = inOrder([
    ...[...examined.problems, ...hookProblems(examined.hooks)].map(reportProblem),
    ...examined.findings.map((finding) => reportFinding(finding, strict)),
    ...examined.unresolved.map(reportUnresolved),
  ])
  return { reports, configuration: examined.configuration }
}
