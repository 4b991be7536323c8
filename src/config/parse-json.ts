import { typeOf } from './describe-value.ts'
import { mistakeIn } from './json-syntax-error.ts'
import type { Problem } from './problem.ts'
import { isDeeperThan, isObject, type JsonObject } from './json-tree.ts'

/** Far more than any configuration needs, far less than any call stack holds. */
const DEEPEST = 100

export type Parsed =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly problem: Problem }

/** Text → a JSON object that is safe to walk by recursion. */
export function parse(json: string): Parsed {
  if (json.trim() === '') return refused('an empty text', 'a JSON object')
  try {
    return safe(JSON.parse(json))
  } catch {
    return { ok: false, problem: { path: '', ...mistakeIn(json) } } // engines say it in words of their own, and where in few cases
  }
}

/** A byte order mark is let pass. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '')
}

function safe(value: unknown): Parsed {
  if (!isObject(value)) return refused(typeOf(value), 'an object')
  if (isDeeperThan(DEEPEST, value)) return refused(`more than ${DEEPEST} levels of nesting`, `at most ${DEEPEST}`)
  return { ok: true, value }
}

function refused(found: string, expected: string): Parsed {
  return { ok: false, problem: { path: '', found, expected } }
}
