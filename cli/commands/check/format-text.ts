import { describeProblem } from '../../../src/config/problem.ts'
import type { CheckedFile } from './checked-file.ts'
import { countLevels, type Report, type ReportLevel } from '../../../src/config/report.ts'

const LEVELS: readonly ReportLevel[] = ['error', 'warn', 'info']
const WORDS: Readonly<Record<ReportLevel, string>> = { error: 'error', warn: 'warning', info: 'note' }
/** Codes of a terminal: bold red, yellow, cyan. */
const COLOURS: Readonly<Record<ReportLevel, string>> = { error: '1;31', warn: '33', info: '36' }

/**
 * For people: one line a report, `file:line:column: level: …`, as compilers write it; those of one code together, errors first,
 * with a reason and a mend behind each group.
 */
export function formatText(files: readonly CheckedFile[], hasColour: boolean): string {
  const paint = (text: string, colour: string) => (hasColour ? `\u001B[${colour}m${text}\u001B[0m` : text)
  return files.flatMap((file) => ('reports' in file ? textOf(file.path, file.reports, paint) : [])).join('')
}

/** `saga.json: 2 problems, no warnings, 1 note` */
export function summaryOf(path: string, reports: readonly Report[]): string {
  const { error, warn, info } = countLevels(reports)
  const notes = info === 0 ? [] : [counted(info, 'note')]
  return `${path}: ${[counted(error, 'problem'), counted(warn, 'warning'), ...notes].join(', ')}`
}

type Paint = (text: string, colour: string) => string

function textOf(path: string, reports: readonly Report[], paint: Paint): readonly string[] {
  const groups = LEVELS.flatMap((level) => {
    const ofLevel = reports.filter((report) => report.level === level)
    return [...Map.groupBy(ofLevel, ({ code }) => code).values()]
  })
  return [...groups.flatMap((group) => groupText(path, group, paint)), `${summaryOf(path, reports)}\n`]
}

function groupText(path: string, group: readonly Report[], paint: Paint): readonly string[] {
  const lines = group.map((report) => {
    const level = paint(WORDS[report.level], COLOURS[report.level])
    return `${placeOf(path, report)}: ${level}: ${describeReport(report)} [${report.code}]\n`
  })
  const [{ why, mend } = { why: '', mend: '' }] = group
  return [...lines, `  why:  ${why}\n`, `  mend: ${mend}\n`, '\n']
}

function placeOf(path: string, { line, column }: Report): string {
  return line === undefined || column === undefined ? path : `${path}:${line}:${column}`
}

/** Path, value found and value expected; the position is elsewhere. */
export function describeReport({ path, found, expected }: Report): string {
  return describeProblem({ path, found, expected })
}

function counted(number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 ? '' : 's'}`
}
