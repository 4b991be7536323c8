import { typeOf } from './found.ts'
import { placeOfMistake } from './json-place.ts'
import type { Problem } from './problem.ts'
import { isDeeperThan, isObject, type JsonObject } from './tree.ts'

/** Far more than any configuration needs, far less than any call stack holds. */
const DEEPEST = 100

export type Parsed =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly problem: Problem }

/** Text → a JSON object that is safe to walk by recursion. */
export function parse(text: string): Parsed {
  const json = text.replace(/^\uFEFF/, '')
  if (json.trim() === '') return refused('an empty text', 'a JSON object')
  try {
    return safe(JSON.parse(json))
  } catch (thrown) {
    const { line, column } = placeOfMistake(json)
    return refused(`${complaint(thrown)} (line ${line}, column ${column})`, 'a JSON object')
  }
}

function safe(value: unknown): Parsed {
  if (!isObject(value)) return refused(typeOf(value), 'an object')
  if (isDeeperThan(DEEPEST, value)) return refused(`more than ${DEEPEST} levels of nesting`, `at most ${DEEPEST}`)
  return { ok: true, value }
}

/** What `JSON.parse` says, less the excerpt of the text that engines like to add: it may hold a secret (C2.6). */
function complaint(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : 'no JSON'
  return message.replace(/,? (?:\.\.\.)?"[^]*$/, '').replace(/(?: in JSON)? at position [^]*$/, '')
}

function refused(found: string, expected: string): Parsed {
  return { ok: false, problem: { path: '', found, expected } }
}
