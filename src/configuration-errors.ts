import { describeProblem, problem } from './config/problem.ts'
import type { Problem } from './config/problem.ts'
import type { Configuration } from './config/examine-configuration.ts'
import type { Read } from './config/read.ts'
import { firstReplacementCharacter } from './config/utf8.ts'
import type { DecodedText } from './config/utf8.ts'
import { BatutaError } from './errors.ts'

/** The value. Throws `configuration-invalid` with every problem. */
export function requireValid<T>(read: Read<T>): T {
  if (read.ok) return read.value
  throw invalidConfiguration(read.problems)
}

/** The error `configuration-invalid`: every problem at once, one a line. */
export function invalidConfiguration(problems: readonly Problem[]): BatutaError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.map((one) => `  ${describeProblem(one)}`)
  return new BatutaError('configuration-invalid', `read the configuration: ${count}\n${lines.join('\n')}`)
}

/** Adds to each problem its line and column in saga.json. */
export function withPositions<T>(read: Read<T>, { positionOf }: Configuration): Read<T> {
  if (read.ok) return read
  return { ok: false, problems: read.problems.map((one) => ({ ...one, ...positionOf(one.path) })) }
}

/** The problem of a saga.json that sets a retention over a store that cannot remove sagas. */
export function retentionProblems(store: string, configuration: Configuration): readonly Problem[] {
  const path = 'settings.retention.final'
  const expected = `none: sagas cannot be taken away from the store "${store}"`
  const mismatch = { path, found: 'a duration', expected, ...configuration.positionOf(path) }
  return [problem('retention.unsupported', mismatch)]
}

/** The problems of a saga.json with timeouts over a store that has recovery by redelivery alone (P17). */
export function timeoutProblems(store: string, configuration: Configuration): readonly Problem[] {
  return configuration.machine.states.flatMap(({ timeout }, at) => {
    if (timeout === undefined) return []
    const path = `machineDefinition.states[${at}].timeout`
    const expected = `none: the store "${store}" cannot be asked for due sagas`
    return [problem('timeout.unsupported', { path, found: 'a timeout', expected, ...configuration.positionOf(path) })]
  })
}

/** The text of a saga.json. Throws `configuration-invalid` where its bytes are not UTF-8. */
export function requireText(file: DecodedText): string {
  if (file.ok) return file.text
  const { found, expected, line, column } = file
  throw invalidConfiguration([problem('text.encoding', { path: '', found, expected, line, column })])
}

/** The text of an environment variable. Throws `configuration-invalid` where the host has replaced bytes that are not UTF-8. */
export function requireUtf8(text: string): string {
  const position = firstReplacementCharacter(text)
  if (position === undefined) return text
  const found = 'U+FFFD, which stands for bytes that are no UTF-8'
  const mismatch = { path: 'CONFIGURATION', found, expected: 'a text in UTF-8', ...position }
  throw invalidConfiguration([problem('text.encoding', mismatch)])
}
