import { found } from './found.ts'
import { formatPath, type Path } from './tree.ts'

/** One thing that is wrong (C1.2). All three are texts for people, free of secrets. */
export interface Problem {
  /** Of the value in the file, or the name of the variable; empty for the file as a whole. */
  readonly path: string
  readonly found: string
  readonly expected: string
}

/** What reading untrusted input comes to: the value, or everything that is wrong with it at once. */
export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export function problemAt(path: Path, value: unknown, expected: string): Problem {
  return { path: formatPath(path), found: found(value, path), expected }
}

/** `machineDefinition.initialState: found "x", expected the id of a state` */
export function describe(problem: Problem): string {
  return `${problem.path === '' ? 'configuration' : problem.path}: found ${problem.found}, expected ${problem.expected}`
}
