import { describeValue } from './describe-value.ts'
import { formatPath, type Path } from './json-tree.ts'
import { formatPosition } from './text-position.ts'

/** A value that breaks a rule, so that the configuration is refused (C1.2). All texts are for people and hold no secret. */
export interface Problem {
  /** Path of the value in the file, or name of the variable; empty for the file as a whole. */
  readonly path: string
  readonly found: string
  readonly expected: string
  /** Position in the text of the file, counted from 1. Absent for variables and for generated texts. */
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** A problem of a value at a path, without position. */
export function problemAt(path: Path, value: unknown, expected: string): Problem {
  return { path: formatPath(path), found: describeValue(value, path), expected }
}

/** `machineDefinition.initialState (3:21): found "x", expected the id of a state` */
export function describeProblem({ path, found, expected, line, column }: Problem): string {
  const name = path === '' ? 'configuration' : path
  const subject = line === undefined || column === undefined ? name : `${name} (${formatPosition({ line, column })})`
  return `${subject}: found ${found}, expected ${expected}`
}
