import { glyphWidth } from './glyph-widths.ts'

/** Size in pixels and weight of a text. Italics are no wider than upright text. */
export interface Font {
  readonly size: number
  readonly isBold: boolean
}

/** An upper bound of the width of a text in pixels, in any sans of a system. */
export function textWidth(text: string, font: Font): number {
  let hundredths = 0
  for (const character of text) hundredths += glyphWidth(character.codePointAt(0) ?? 0, font.isBold)
  return (hundredths * font.size) / 100
}
