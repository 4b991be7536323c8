import * as v from 'valibot'
import type { HookDefinition } from '../machine/definition.ts'
import { hookHash } from '../machine/hook.ts'
import { HOOK, sourceOf } from './hook-schema.ts'
import { finding, type Finding } from './finding.ts'
import { formatPath, get, type JsonObject, type Path } from './json-tree.ts'
import { problem, type Problem } from './problem.ts'
import { commandsIn } from './reference-problems.ts'
import type { TextPosition } from './text-position.ts'

/** A hook of saga.json: its place and its source. */
export interface HookSource extends Partial<TextPosition> {
  readonly kind: 'command' | 'merge'
  /** Path of its content in the file. */
  readonly path: string
  readonly definition: HookDefinition
  /** The decoded content: the source of an ES module. */
  readonly source: string
  /** SHA-256 of the source: a bundle for the edge has the function under it. */
  readonly hash: string
}

const MERGE = ['settings', 'deepMergeMetadata'] as const

/** The hooks of a file, valid or not; those that the schema refuses are left out. A merge hook counts while it is in effect. */
export function hooksIn(file: JsonObject): readonly HookSource[] {
  const commands = commandsIn(file).flatMap(({ path, object }) => hookAt('command', [...path, 'hook'], object['hook']))
  const merge = mergeSettings(file)
  if (get(merge, 'enabled') !== true) return commands
  return [...commands, ...hookAt('merge', [...MERGE, 'hook'], get(merge, 'hook'))]
}

/** A merge hook without deep merge has no effect (C2.5). */
export function hookFindings(file: JsonObject): readonly Finding[] {
  const merge = mergeSettings(file)
  if (get(merge, 'hook') === undefined || get(merge, 'enabled') === true) return []
  const path = formatPath([...MERGE, 'hook'])
  const expected = 'no hook, or "enabled": true beside it: without deep merge it is never called'
  return [finding('hook.unused', { path, found: 'a hook', expected })]
}

/** The problem of a hook whose source is not a usable module. */
export function hookProblem(hook: HookSource, flaw: HookFlaw): Problem {
  const { kind, path, line, column } = hook
  const { code = 'hook.invalid', found, expected = EXPECTED[kind] } = flaw
  return problem(code, { path, found, expected, line, column })
}

/** The flaw of a hook, in the words of a problem. Default of `expected`: a module that is usable; of `code`: `hook.invalid`. */
export interface HookFlaw {
  readonly code?: 'hook.invalid' | 'hook.not-carried' | undefined
  readonly found: string
  readonly expected?: string | undefined
}

const EXPECTED = {
  command:
    'an ES module with a synchronous function as its default export, such as export default ({ saga, messageLabel }) => ({ payload: saga.metadata })',
  merge:
    'an ES module with a synchronous function as its default export, such as export default (objValue, srcValue) => undefined',
} as const

function mergeSettings(file: JsonObject): unknown {
  return get(get(file, MERGE[0]), MERGE[1])
}

function hookAt(kind: HookSource['kind'], path: Path, value: unknown): readonly HookSource[] {
  const read = v.safeParse(HOOK, value)
  const source = read.success ? sourceOf(read.output) : undefined
  if (!read.success || source === undefined) return []
  return [{ kind, path: formatPath([...path, 'content']), definition: read.output, source, hash: hookHash(source) }]
}
