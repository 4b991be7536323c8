import { describeProblem } from './config/problem.ts'
import type { Problem } from './config/problem.ts'
import type { Configuration } from './config/read-configuration.ts'
import type { Read } from './config/read.ts'
import { firstReplacementCharacter } from './config/utf8.ts'
import type { DecodedText } from './config/utf8.ts'
import { BatutaError } from './errors.ts'

/** The value, or `configuration-invalid` with every problem. */
export function requireValid<T>(read: Read<T>): T {
  if (read.ok) return read.value
  throw invalidConfiguration(read.problems)
}

/** Every problem at once, a line each. */
export function invalidConfiguration(problems: readonly Problem[]): BatutaError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.map((problem) => `  ${describeProblem(problem)}`)
  return new BatutaError('configuration-invalid', `read the configuration: ${count}\n${lines.join('\n')}`)
}

/** What was made of a configuration, its problems with the places that they have in its text. */
export function withPositions<T>(read: Read<T>, { positionOf }: Configuration): Read<T> {
  if (read.ok) return read
  return { ok: false, problems: read.problems.map((problem) => ({ ...problem, ...positionOf(problem.path) })) }
}

/** Where a saga.json asks for a retention that its store cannot give. */
export function retentionProblems(store: string, configuration: Configuration): readonly Problem[] {
  const path = 'settings.retention.final'
  const expected = `none: sagas cannot be taken away from the store "${store}"`
  return [{ path, found: 'a duration', expected, ...configuration.positionOf(path) }]
}

/** The text of a saga.json, or `configuration-invalid` where its bytes are none. */
export function requireText(file: DecodedText): string {
  if (file.ok) return file.text
  const { found, expected, line, column } = file
  throw invalidConfiguration([{ path: '', found, expected, line, column }])
}

/** Throws where a variable of the process has held bytes that are no UTF-8. */
export function requireUtf8(text: string): string {
  const position = firstReplacementCharacter(text)
  if (position === undefined) return text
  const found = 'U+FFFD, which stands for bytes that are no UTF-8'
  throw invalidConfiguration([{ path: 'CONFIGURATION', found, expected: 'a text in UTF-8', ...position }])
}
