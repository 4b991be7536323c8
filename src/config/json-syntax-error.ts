import { visit } from 'jsonc-parser'
import { placesIn, type TextPlace } from './text-position.ts'

/** Why a text is no JSON, in the words of a problem, and where. None of it repeats the text: it may hold a secret (C2.6). */
export interface Mistake {
  readonly found: string
  readonly expected: string
  readonly place?: TextPlace | undefined
}

/** The first mistake of a text that `JSON.parse` refuses. */
export function mistakeIn(text: string): Mistake {
  const first = firstError(text)
  if (first === undefined) return { found: 'no JSON', expected: A_JSON }
  const comma = commaBefore(text, first.offset)
  if (comma !== undefined) {
    const expected = 'JSON, which has no trailing commas'
    return { found: 'a trailing comma', expected, place: placesIn(text)(comma) }
  }
  const found = FOUND.get(first.code) ?? 'no JSON'
  const expected = first.code === COMMENT ? 'JSON, which has no comments' : A_JSON
  return { found, expected, place: placesIn(text)(first.offset) }
}

const A_JSON = 'a JSON object'

interface Complaint {
  readonly code: number
  readonly offset: number
}

/** Nothing where the parser has none, or the nesting is deeper than its call stack. */
function firstError(text: string): Complaint | undefined {
  let first: Complaint | undefined
  const onError = (code: number, offset: number) => {
    first ??= { code, offset }
  }
  try {
    visit(text, { onError }, { disallowComments: true })
  } catch {
    // a RangeError; what was found before it is the first mistake all the same
  }
  return first
}

/** Where a list or an object ends behind a comma: the offset of the comma. */
function commaBefore(text: string, offset: number): number | undefined {
  if (!'}]'.includes(text.charAt(offset) || '?')) return undefined
  const before = text.slice(0, offset).trimEnd()
  return before.endsWith(',') ? before.length - 1 : undefined
}

/** The parser's own numbers: its enum is no value where modules are compiled one by one. */
const COMMENT = 10
const FOUND: ReadonlyMap<number, string> = new Map([
  [1, 'a word that is no JSON'],
  [2, 'a number that is no JSON'],
  [3, 'no key in double quotes'],
  [4, 'no value'],
  [5, 'no ":" behind a key'],
  [6, 'no "," behind a value'],
  [7, 'an object without "}"'],
  [8, 'a list without "]"'],
  [9, 'more text behind the end of the object'],
  [COMMENT, 'a comment'],
  [11, 'a comment without end'],
  [12, 'a string without its closing quote'],
  [13, 'a number without its last digits'],
  [14, 'a "\\u" without four hexadecimal digits'],
  [15, 'a "\\" that escapes nothing'],
  [16, 'a control character in a string'],
])
