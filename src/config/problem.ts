import { describeValue } from './describe-value.ts'
import { formatPath, type Path } from './json-tree.ts'
import type { ProblemCode } from './problem-codes.ts'
import { formatPosition } from './text-position.ts'

/** A value that differs from what was expected. All texts are for people and hold no secret. */
export interface Mismatch {
  /** Path of the value in the file, or name of the variable; empty for the file as a whole. */
  readonly path: string
  readonly found: string
  readonly expected: string
  /** Position in the text of the file, counted from 1. Absent for variables and for generated texts. */
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** A value that breaks a rule, so that the configuration is refused (C1.2). */
export interface Problem extends Mismatch {
  /** `PROBLEMS` says why a problem of this kind matters and how to mend it. */
  readonly code: ProblemCode
}

/** The mismatch of a value at a path, without position. */
export function mismatchAt(path: Path, value: unknown, expected: string): Mismatch {
  return { path: formatPath(path), found: describeValue(value, path), expected }
}

/** A problem of a kind. */
export function problem(code: ProblemCode, mismatch: Mismatch): Problem {
  return { code, ...mismatch }
}

/** `machineDefinition.initialState (3:21): found "x", expected the id of a state` */
export function describeProblem({ path, found, expected, line, column }: Mismatch): string {
  const name = path === '' ? 'configuration' : path
  const subject = line === undefined || column === undefined ? name : `${name} (${formatPosition({ line, column })})`
  return `${subject}: found ${found}, expected ${expected}`
}
