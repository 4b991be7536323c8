import type { CheckedFile } from './checked-file.ts'
import { describeReport, summaryOf } from './format-text.ts'
import type { Report, ReportLevel } from '../../../src/config/report.ts'

const COMMANDS: Readonly<Record<ReportLevel, string>> = { error: 'error', warn: 'warning', info: 'notice' }

/** Workflow commands of GitHub Actions: each report is an annotation at its line. */
export function formatGithub(files: readonly CheckedFile[]): string {
  return files.flatMap((file) => ('reports' in file ? linesOf(file.path, file.reports) : [])).join('')
}

function linesOf(path: string, reports: readonly Report[]): readonly string[] {
  // no line but an annotation may begin with "::", which would be another command
  const summary = escapeData(`check ${summaryOf(path, reports)}`)
  return [...reports.map((report) => annotation(path, report)), `${summary}\n`]
}

function annotation(path: string, report: Report): string {
  const { level, code, line, column, why, mend } = report
  const position = line === undefined || column === undefined ? {} : { line, col: column }
  const properties = Object.entries({ file: path, ...position, title: code })
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',')
  return `::${COMMANDS[level]} ${written}::${escapeData(`${describeReport(report)}\n${why}\n${mend}`)}\n`
}

/** As the toolkit of GitHub Actions escapes the message of a command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
