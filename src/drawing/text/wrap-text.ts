import { glyphWidth } from './glyph-widths.ts'
import { textWidth, type Font } from './text-width.ts'

/** Bounds of a wrapped text: pixels a line, and lines. */
export interface TextBounds {
  readonly width: number
  readonly lines: number
}

/**
 * A text in lines that fit. It breaks at spaces, else before a capital, after `.`, `_`, `-`, `/` or `:`, else anywhere between two
 * characters. What does not fit ends in `…`.
 */
export function wrapText(text: string, font: Font, { width, lines }: TextBounds): readonly string[] {
  const wrapped: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    if (wrapped.length === lines - 1) return [...wrapped, shortened(rest, font, width)]
    const end = lineEnd(rest, font, width)
    wrapped.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return wrapped
}

/** The text, or as much of it as fits before `…`. */
export function shortened(text: string, font: Font, width: number): string {
  if (fittingLength(text, font, width) === text.length) return text
  const kept = fittingLength(text, font, width - textWidth('…', font))
  return `${text.slice(0, kept).trimEnd()}…`
}

/** Index of the first character of the next line. */
function lineEnd(text: string, font: Font, width: number): number {
  const most = fittingLength(text, font, width)
  if (most === text.length) return most
  const space = text.lastIndexOf(' ', most)
  if (space > most / 3) return space
  for (let at = most; at > most / 3; at--) if (isSeam(text, at)) return at
  return most
}

/** True between two words of an identifier. */
function isSeam(text: string, at: number): boolean {
  const [before = '', after = ''] = [text[at - 1], text[at]]
  return '._-/:'.includes(before) || (isLower(before) && isUpper(after))
}

function isLower(character: string): boolean {
  return character >= 'a' && character <= 'z'
}

function isUpper(character: string): boolean {
  return character >= 'A' && character <= 'Z'
}

/** UTF-16 units that fit; never a part of a character, nor a character without the marks that join it. At least one character. */
function fittingLength(text: string, font: Font, width: number): number {
  let [used, at, end] = [0, 0, 0]
  let joins = false
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0
    const glyph = (glyphWidth(codePoint, font.isBold) * font.size) / 100
    if (!joins && glyph > 0) end = at
    used += glyph
    joins = codePoint === ZERO_WIDTH_JOINER
    at += character.length
    if (used > width) return end > 0 ? end : Math.min(at, text.length)
    if (at > LONGEST_LINE) return end
  }
  return text.length
}

const ZERO_WIDTH_JOINER = 0x20_0d
/** UTF-16 units, so that a text of marks without width ends too. */
const LONGEST_LINE = 400
