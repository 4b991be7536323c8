/** A part of a text, as offsets of its UTF-16 units. */
export interface TextPart {
  readonly start: number
  readonly end: number
  /** Counted from 1. */
  readonly line: number
}

/** The part of a text from a position to the end of its line; both numbers count from 1. */
export function partAt(text: string, { line, column }: { readonly line: number; readonly column: number }): TextPart {
  let start = 0
  for (let at = 1; at < line; at++) {
    const end = text.indexOf('\n', start)
    if (end < 0) break
    start = end + 1
  }
  const end = text.indexOf('\n', start)
  const stop = end < 0 ? text.length : end
  return { start: Math.min(start + column - 1, stop), end: stop, line }
}

/** The first place where a text gives a state or an event its name; `undefined` where it does not, as in a text with escapes. */
export function partNaming(
  text: string,
  { key, name }: { readonly key: string; readonly name: string },
): TextPart | undefined {
  const value = JSON.stringify(name)
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const before = text.slice(Math.max(0, at - 200), at).trimEnd()
    if (!before.endsWith(':') || !before.slice(0, -1).trimEnd().endsWith(`"${key}"`)) continue
    return { start: at, end: at + value.length, line: linesIn(text.slice(0, at)) }
  }
  return undefined
}

/** The number of lines of a text. */
export function linesIn(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
