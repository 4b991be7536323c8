export interface TextPlace {
  readonly line: number
  readonly column: number
}

const SPACE = /[ \t\r\n]*/y
const IN_STRING = /["\\\u0000-\u001F]/g
const ESCAPE = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?)(?![\w.+-])/y

/** What may come next, one character for each kind of token: `"` a string, `0` another scalar, `$` the end. */
const VALUE = '{["0'

/**
 * Where a text stops being JSON, counted from 1. `JSON.parse` tells it in some engines and for some mistakes only (a
 * trailing comma in a list is not among them), and a configuration is written by hand.
 */
export function placeOfMistake(text: string): TextPlace {
  const before = text.slice(0, offsetOfMistake(text)).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

function offsetOfMistake(text: string): number {
  const open: ('}' | ']')[] = []
  let allowed = VALUE
  let offset = skip(SPACE, text, 0)
  while (offset < text.length) {
    const [kind, end] = token(text, offset)
    if (!allowed.includes(kind)) return offset
    if (kind === '{') open.push('}')
    if (kind === '[') open.push(']')
    if (kind === '}' || kind === ']') open.pop()
    allowed = after(kind, allowed, open.at(-1))
    offset = skip(SPACE, text, end)
  }
  return offset
}

function after(kind: string, allowed: string, closing: '}' | ']' | undefined): string {
  if (kind === '{') return '"}'
  if (kind === '[') return `${VALUE}]`
  if (kind === ':') return VALUE
  if (kind === ',') return closing === '}' ? '"' : VALUE
  const isKey = kind === '"' && !allowed.includes('{')
  if (isKey) return ':'
  return closing === undefined ? '$' : `,${closing}`
}

/** The kind of the token that begins here and where it ends; `?` for what is none. */
function token(text: string, offset: number): readonly [string, number] {
  const first = text.charAt(offset)
  if ('{}[],:'.includes(first)) return [first, offset + 1]
  const end = first === '"' ? endOfString(text, offset) : skip(SCALAR, text, offset)
  if (end === offset) return ['?', end]
  return [first === '"' ? '"' : '0', end]
}

/** By hops, not by one expression: a string may be megabytes long. */
function endOfString(text: string, offset: number): number {
  let at = offset + 1
  for (;;) {
    IN_STRING.lastIndex = at
    const special = IN_STRING.exec(text)?.index ?? -1
    if (special === -1) return offset
    if (text[special] === '"') return special + 1
    at = skip(ESCAPE, text, special)
    if (at === special) return offset
  }
}

function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset
  return pattern.test(text) ? pattern.lastIndex : offset
}
