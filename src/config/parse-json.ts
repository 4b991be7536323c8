import { describeType } from './describe-value.ts'
import { jsonSyntaxError } from './json-syntax-error.ts'
import { isDeeperThan, isObject, type JsonObject } from './json-tree.ts'
import { problem, type Problem } from './problem.ts'

/** More than any configuration needs, and less than exhausts a call stack. */
const DEEPEST = 100

/** The JSON object of a text, or the problem that it has. */
export type ParsedJson =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly problem: Problem }

/** Text → a JSON object of at most 100 levels, so that recursion over it is safe. */
export function parseJson(text: string): ParsedJson {
  if (text.trim() === '') return refused('an empty text', 'a JSON object')
  try {
    return limited(JSON.parse(text))
  } catch {
    return { ok: false, problem: jsonSyntaxError(text) } // the engine's own message differs by runtime and seldom has a position
  }
}

/** Editors on Windows write a byte order mark; JSON has none (RFC 8259 §8.1). */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\uFEFF/, '')
}

function limited(value: unknown): ParsedJson {
  if (!isObject(value)) return refused(describeType(value), 'an object')
  if (isDeeperThan(DEEPEST, value)) return refused(`more than ${DEEPEST} levels of nesting`, `at most ${DEEPEST}`)
  return { ok: true, value }
}

function refused(found: string, expected: string): ParsedJson {
  return { ok: false, problem: problem('json.no-object', { path: '', found, expected }) }
}
