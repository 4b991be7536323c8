/**
 * Widths of the characters U+0020 to U+007E in hundredths of the font size: of each the widest among Inter, Roboto, Noto Sans,
 * Arimo (Arial) and DejaVu Sans, so that a text fits in every sans of a system.
 */
export const REGULAR_WIDTHS: readonly number[] = [
  32, 41, 47, 84, 65, 99, 78, 30, 40, 40, 56, 84, 32, 46, 32, 42, 64, 64, 64, 64, 65, 64, 64, 64, 64, 64, 34, 34, 84,
  84, 84, 56, 102, 69, 69, 74, 78, 67, 62, 78, 76, 34, 58, 68, 57, 91, 76, 79, 67, 79, 73, 67, 65, 75, 69, 99, 69, 68,
  69, 40, 42, 40, 84, 56, 50, 62, 64, 58, 64, 62, 38, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60,
  82, 60, 60, 56, 64, 56, 64, 84,
]

/** The same of semibold and bold. */
export const BOLD_WIDTHS: readonly number[] = [
  35, 46, 53, 84, 70, 101, 88, 33, 46, 46, 55, 84, 38, 47, 38, 40, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40, 84,
  84, 84, 60, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 58, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78, 111, 78, 73,
  73, 46, 43, 46, 84, 56, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60, 48, 72, 66,
  93, 65, 66, 59, 72, 56, 72, 84,
]

/** Ranges beyond ASCII: first code point, last one, hundredths of the font size. Others are 110. */
const RANGES: readonly (readonly [first: number, last: number, width: number])[] = [
  [0x00_b7, 0x00_b7, 40],
  [0x00_d7, 0x00_d7, 84],
  [0x00_a0, 0x02_af, 96],
  [0x03_00, 0x03_6f, 0],
  [0x03_70, 0x03_ff, 94],
  [0x04_00, 0x05_2f, 118],
  [0x05_90, 0x05_cf, 0],
  [0x05_d0, 0x05_ff, 76],
  [0x06_10, 0x06_1a, 0],
  [0x06_4b, 0x06_5f, 0],
  [0x06_00, 0x08_ff, 110],
  [0x20_00, 0x20_0a, 50],
  [0x20_0b, 0x20_0d, 0],
  [0x20_10, 0x20_27, 102],
  [0x20_28, 0x20_5f, 175],
  [0x20_d0, 0x20_ff, 0],
  [0x21_90, 0x22_ff, 100],
  [0x30_00, 0xd7_ff, 105],
  [0xfe_00, 0xfe_0f, 0],
  [0xfe_20, 0xfe_2f, 0],
  [0x1_f3_fb, 0x1_f3_ff, 0],
  [0x1_f0_00, 0x1_fa_ff, 140],
  [0xe_00_00, 0xe_01_ef, 0],
]

/** Width of a character of bold or regular text in hundredths of the font size; 0 for one that joins the character before it. */
export function glyphWidth(codePoint: number, isBold: boolean): number {
  const plain = (isBold ? BOLD_WIDTHS : REGULAR_WIDTHS)[codePoint - 0x20]
  if (plain !== undefined) return plain
  const range = RANGES.find(([first, last]) => codePoint >= first && codePoint <= last)
  const width = range?.[2] ?? 110
  return isBold ? width * 1.18 : width
}
