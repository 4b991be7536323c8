import { found } from './describe-value.ts'
import { formatPlace, type TextPlace } from './text-position.ts'
import { formatPath, type Path } from './json-tree.ts'

/** One thing that is wrong (C1.2). All three are texts for people, free of secrets. */
export interface Problem {
  /** Of the value in the file, or the name of the variable; empty for the file as a whole. */
  readonly path: string
  readonly found: string
  readonly expected: string
  /** In the text of the file; absent where there is none, as with variables. */
  readonly place?: TextPlace | undefined
}

/** What is odd, and lets the service start all the same (C2.8). */
export interface Finding {
  readonly path: string
  readonly reason: string
  readonly place?: TextPlace | undefined
}

/** What reading untrusted input comes to: the value, or everything that is wrong with it at once. */
export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export function problemAt(path: Path, value: unknown, expected: string): Problem {
  return { path: formatPath(path), found: found(value, path), expected }
}

/** `machineDefinition.initialState (3:21): found "x", expected the id of a state` */
export function describe(problem: Problem): string {
  const { found: what, expected } = problem
  return `${subject(problem)}: found ${what}, expected ${expected}`
}

/** `settings (14:3): not set, so …` */
export function describeFinding(finding: Finding): string {
  return `${subject(finding)}: ${finding.reason}`
}

function subject({ path, place }: Pick<Problem, 'path' | 'place'>): string {
  const name = path === '' ? 'configuration' : path
  return place === undefined ? name : `${name} (${formatPlace(place)})`
}
