import { printable } from './printable.ts'

/** Characters of a name that are shown. */
const LONGEST = 120

/** A name of a file or of a saga in quotes, for a terminal. */
export function quoted(name: string): string {
  const short = name.length > LONGEST ? `${name.slice(0, LONGEST).toWellFormed()}…` : name
  return printable(JSON.stringify(short))
}

/** JSON for a terminal: characters that could move its cursor are escaped, so that the text means the same. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2)
  return text.replaceAll(
    /[\u007F-\u009F\u2028\u2029]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
