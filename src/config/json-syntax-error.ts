import { visit } from 'jsonc-parser'
import { problem, type Problem } from './problem.ts'
import { positionsIn } from './text-position.ts'

/** The first syntax error of a text that `JSON.parse` refuses. It quotes nothing of the text, which may hold a secret (C2.6). */
export function jsonSyntaxError(text: string): Problem {
  const error = firstError(text)
  if (error === undefined) return syntaxProblem({ found: 'no JSON', expected: AN_OBJECT })
  const comma = trailingComma(text, error.offset)
  if (comma !== undefined) {
    const expected = 'JSON, which has no trailing commas'
    return syntaxProblem({ found: 'a trailing comma', expected, ...positionsIn(text)(comma) })
  }
  const expected = error.code === COMMENT ? 'JSON, which has no comments' : AN_OBJECT
  const found = FOUND.get(error.code) ?? 'no JSON'
  return syntaxProblem({ found, expected, ...positionsIn(text)(error.offset) })
}

function syntaxProblem(mismatch: Omit<Problem, 'code' | 'path'>): Problem {
  return problem('json.syntax', { path: '', ...mismatch })
}

const AN_OBJECT = 'a JSON object'

/** An error as the parser reports it. */
interface ParserError {
  readonly code: number
  readonly offset: number
}

/** Nothing where the parser finds no error, or the nesting exhausts its call stack before. */
function firstError(text: string): ParserError | undefined {
  let first: ParserError | undefined
  const onError = (code: number, offset: number) => {
    first ??= { code, offset }
  }
  try {
    visit(text, { onError }, { disallowComments: true })
  } catch {
    // RangeError of the call stack; an error found before is the first one all the same
  }
  return first
}

/** Offset of the comma before the end of an object or a list, where the error is at that end. */
function trailingComma(text: string, offset: number): number | undefined {
  if (!'}]'.includes(text.charAt(offset) || '?')) return undefined
  const before = text.slice(0, offset).trimEnd()
  return before.endsWith(',') ? before.length - 1 : undefined
}

/** Numbers of the parser's `ParseErrorCode`, a const enum, which has no value under `isolatedModules`. */
const COMMENT = 10
const FOUND: ReadonlyMap<number, string> = new Map([
  [1, 'a word that is not valid JSON'],
  [2, 'a number that is not valid JSON'],
  [3, 'no key in double quotes'],
  [4, 'no value'],
  [5, 'no ":" after a key'],
  [6, 'no "," after a value'],
  [7, 'an object without "}"'],
  [8, 'a list without "]"'],
  [9, 'more text after the end of the object'],
  [COMMENT, 'a comment'],
  [11, 'a comment without end'],
  [12, 'a string without its closing quote'],
  [13, 'a number without its last digits'],
  [14, 'a "\\u" without four hexadecimal digits'],
  [15, 'a "\\" before a character that cannot be escaped'],
  [16, 'a control character in a string'],
])
