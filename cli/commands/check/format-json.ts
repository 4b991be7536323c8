import type { CheckedFile } from './checked-file.ts'
import { countLevels, type Report } from '../../../src/config/report.ts'

/** For programs: one JSON document. Its shape is stable; docs/FINDINGS.md describes it. A new key may come, none goes. */
export function formatJson(files: readonly CheckedFile[]): string {
  return `${JSON.stringify({ version: 1, files: files.map(fileOf) }, null, 2)}\n`
}

function fileOf(file: CheckedFile): object {
  if ('unreadable' in file) return { file: file.path, unreadable: file.unreadable }
  const { error, warn, info } = countLevels(file.reports)
  return { file: file.path, errors: error, warnings: warn, notes: info, reports: file.reports.map(reportOf) }
}

function reportOf({ code, level, path, line, column, found, expected, why, mend }: Report): object {
  return { code, level, path, line: line ?? null, column: column ?? null, found, expected, why, mend }
}
