import { FINDINGS, type Finding } from './finding.ts'
import { INSPECTIONS } from './inspection-codes.ts'
import { PROBLEMS, type Advice } from './problem-codes.ts'
import type { Mismatch, Problem } from './problem.ts'

/** `error`: the service does not start with it, or `--strict` makes it one. */
export type ReportLevel = 'error' | 'warn' | 'info'

/** A problem or a finding, with its level, a sentence why it matters and one how to mend it. */
export interface Report extends Mismatch, Advice {
  readonly code: string
  readonly level: ReportLevel
}

/** The report of a problem. */
export function reportProblem(problem: Problem): Report {
  const { why, mend } = PROBLEMS[problem.code]
  return { ...problem, level: 'error', why, mend }
}

/** The report of a secret that this machine lacks: the orchestrator may run on another. */
export function reportUnresolved(problem: Problem): Report {
  return { ...reportProblem(problem), level: 'warn' }
}

/** The report of a finding. */
export function reportFinding(finding: Finding, isStrict: boolean): Report {
  const { level, why, mend } = { ...FINDINGS, ...INSPECTIONS }[finding.code]
  return { ...finding, level: isStrict ? 'error' : level, why, mend }
}

/** Reports in the order of the text; those without position come first. */
export function inOrder(reports: readonly Report[]): readonly Report[] {
  return reports.toSorted(
    (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  )
}

/** The number of reports of each level. */
export function countLevels(reports: readonly Report[]): Readonly<Record<ReportLevel, number>> {
  const count = (wanted: ReportLevel) => reports.filter(({ level }) => level === wanted).length
  return { error: count('error'), warn: count('warn'), info: count('info') }
}
