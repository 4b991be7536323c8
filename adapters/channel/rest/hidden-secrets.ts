const REDACTED = '[redacted]'
/** A shorter value is no secret, and would be found in any text. */
const SHORTEST = 4
/** Nor is a word that any answer may have, such as the value of `x-forwarded-proto`. */
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'http', 'https', 'application/json'])

/** Escapes of JSON and of scripts, of addresses and of HTML; and the zero byte of ASCII in UTF-16. */
const ESCAPE =
  /\\u([\da-f]{4})|\\x([\da-f]{2})|%([\da-f]{2})|&#x([\da-f]{1,5});|&#(\d{1,6});|\\(["'\\/bfnrt])|&(amp|quot|apos|lt|gt);|\u0000/gi
const NAMED: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' }
const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
/** The beginning of an escape at the end of a text. */
const CUT_ESCAPE = /(?:\\u?[\da-f]{0,3}|\\x[\da-f]?|%[\da-f]?|&#?[\da-z]{0,6})$/i
/** An answer in JSON may quote JSON that quotes an address. */
const DEEPEST = 3

/** A text without its escapes. */
interface Unescaped {
  readonly text: string
  /** Index of each UTF-16 unit in the text as it came, and of its end. */
  readonly places: readonly number[]
}

/** Half-open, in the text as it came. */
type Range = readonly [from: number, to: number]

/**
 * The text without these secrets, escaped as JSON, HTML or a part of an address or not. `isCut`: the text may end within a secret,
 * so a beginning of one at its end is hidden too.
 */
export function hideSecrets(text: string, secrets: readonly string[], isCut = false): string {
  const shown = isCut ? text.replace(CUT_ESCAPE, '') : text
  const levels = secrets.flatMap((secret) => levelsOf(secret).map((level) => level.text))
  const spelled = [...new Set(levels)].filter(isSecret)
  const ranges = levelsOf(shown).flatMap((level) => rangesOf(level, spelled, isCut))
  return withoutRanges(shown, ranges)
}

function isSecret(value: string): boolean {
  return value.length >= SHORTEST && !WORDS.has(value.toLowerCase())
}

/** The text as it is, and with its escapes read once, twice, …, as long as there are any. */
function levelsOf(text: string): readonly Unescaped[] {
  const places = Array.from({ length: text.length + 1 }, (_, at) => at)
  const levels: Unescaped[] = [{ text, places }]
  for (let last: Unescaped | undefined = levels[0]; last !== undefined && levels.length <= DEEPEST;) {
    const next = unescaped(last)
    last = next.text.length === last.text.length ? undefined : next
    if (last !== undefined) levels.push(last)
  }
  return levels
}

function unescaped({ text, places }: Unescaped): Unescaped {
  const kept: number[] = []
  let [read, from] = ['', 0]
  const keep = (characters: string, at: (unit: number) => number) => {
    for (let unit = 0; unit < characters.length; unit++) kept.push(places[at(unit)] ?? 0)
    read += characters
  }
  for (const found of text.matchAll(ESCAPE)) {
    const begin = from
    keep(text.slice(begin, found.index), (unit) => begin + unit)
    keep(meaningOf(found), () => found.index)
    from = found.index + found[0].length
  }
  const rest = from
  keep(text.slice(rest), (unit) => rest + unit)
  kept.push(places[text.length] ?? 0)
  return { text: read, places: kept }
}

function meaningOf([, unit, byte, percent, hex, decimal, quoted, named]: RegExpExecArray): string {
  const sixteen = unit ?? byte ?? percent ?? hex
  if (sixteen !== undefined) return String.fromCodePoint(Number.parseInt(sixteen, 16))
  if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
  if (quoted !== undefined) return CONTROLS[quoted] ?? quoted
  return NAMED[named?.toLowerCase() ?? ''] ?? ''
}

function rangesOf({ text, places }: Unescaped, secrets: readonly string[], isCut: boolean): readonly Range[] {
  const ranges: Range[] = []
  const add = (from: number, to: number) => void ranges.push([places[from] ?? 0, places[to] ?? 0])
  for (const secret of secrets) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length))
      add(at, at + secret.length)
    const begun = isCut ? beginningAtEnd(text, secret) : 0
    if (begun > 0) add(text.length - begun, text.length)
  }
  return ranges
}

/** Number of units of the secret with which the text ends, less than all. */
function beginningAtEnd(text: string, secret: string): number {
  let length = secret.length - 1
  while (length > 0 && !text.endsWith(secret.slice(0, length))) length--
  return length
}

function withoutRanges(text: string, ranges: readonly Range[]): string {
  let [shown, end] = ['', 0]
  for (const [from, to] of ranges.toSorted(([one], [other]) => one - other)) {
    if (from >= end) shown += text.slice(end, from) + REDACTED
    end = Math.max(end, to)
  }
  return shown + text.slice(end)
}
