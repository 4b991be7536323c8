import { describe } from './config/problem.ts'
import type { Problem, Read } from './config/problem.ts'
import type { Configuration } from './config/read-configuration.ts'
import { firstReplaced } from './config/utf8.ts'
import type { Decoded } from './config/utf8.ts'
import { BatutaError } from './errors.ts'

/** The value, or `configuration-invalid` with every problem. */
export function requireValid<T>(read: Read<T>): T {
  if (read.ok) return read.value
  throw invalidConfiguration(read.problems)
}

/** Every problem at once, a line each. */
export function invalidConfiguration(problems: readonly Problem[]): BatutaError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.map((problem) => `  ${describe(problem)}`)
  return new BatutaError('configuration-invalid', `read the configuration: ${count}\n${lines.join('\n')}`)
}

/** What was made of a configuration, its problems with the places that they have in its text. */
export function withPositions<T>(read: Read<T>, { placeOf }: Configuration): Read<T> {
  if (read.ok) return read
  return { ok: false, problems: read.problems.map((problem) => ({ ...problem, place: placeOf(problem.path) })) }
}

/** Where a saga.json asks for a retention that its store cannot give. */
export function retentionProblems(store: string, configuration: Configuration): readonly Problem[] {
  const path = 'settings.retention.final'
  const expected = `none: sagas cannot be taken away from the store "${store}"`
  return [{ path, found: 'a duration', expected, place: configuration.placeOf(path) }]
}

/** The text of a saga.json, or `configuration-invalid` where its bytes are none. */
export function requireText(file: Decoded): string {
  if (file.ok) return file.text
  const { found, expected, place } = file
  throw invalidConfiguration([{ path: '', found, expected, place }])
}

/** Throws where a variable of the process has held bytes that are no UTF-8. */
export function requireUtf8(text: string): string {
  const place = firstReplaced(text)
  if (place === undefined) return text
  const found = 'U+FFFD, which stands for bytes that are no UTF-8'
  throw invalidConfiguration([{ path: 'CONFIGURATION', found, expected: 'a text in UTF-8', place }])
}
