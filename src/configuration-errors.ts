import { describe } from './config/problem.ts'
import type { Problem, Read } from './config/problem.ts'
import type { Configuration } from './config/read-configuration.ts'
import { firstReplaced } from './config/utf8.ts'
import type { Decoded } from './config/utf8.ts'
import { BatutaError } from './errors.ts'

/** The value. Throws `configuration-invalid` with every problem. */
export function requireValid<T>(read: Read<T>): T {
  if (read.ok) return read.value
  throw invalidConfiguration(read.problems)
}

/** The error `configuration-invalid`: every problem at once, one a line. */
export function invalidConfiguration(problems: readonly Problem[]): BatutaError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.map((problem) => `  ${describe(problem)}`)
  return new BatutaError('configuration-invalid', `read the configuration: ${count}\n${lines.join('\n')}`)
}

/** Adds to each problem its line and column in saga.json. */
export function withPositions<T>(read: Read<T>, { placeOf }: Configuration): Read<T> {
  if (read.ok) return read
  return { ok: false, problems: read.problems.map((problem) => ({ ...problem, place: placeOf(problem.path) })) }
}

/** The problem of a saga.json that sets a retention over a store that cannot remove sagas. */
export function retentionProblems(store: string, configuration: Configuration): readonly Problem[] {
  const path = 'settings.retention.final'
  const expected = `none: sagas cannot be taken away from the store "${store}"`
  return [{ path, found: 'a duration', expected, place: configuration.placeOf(path) }]
}

/** The text of a saga.json. Throws `configuration-invalid` where its bytes are not UTF-8. */
export function requireText(file: Decoded): string {
  if (file.ok) return file.text
  const { found, expected, place } = file
  throw invalidConfiguration([{ path: '', found, expected, place }])
}

/** The text of an environment variable. Throws `configuration-invalid` where the host has replaced bytes that are not UTF-8. */
export function requireUtf8(text: string): string {
  const place = firstReplaced(text)
  if (place === undefined) return text
  const found = 'U+FFFD, which stands for bytes that are no UTF-8'
  throw invalidConfiguration([{ path: 'CONFIGURATION', found, expected: 'a text in UTF-8', place }])
}
