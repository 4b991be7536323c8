import { printable } from './printable.ts'

/** Blanks between two columns. */
const GAP = '  '

/** Rows under a line of titles, each column as wide as its longest cell; an empty text without rows. */
export function table(titles: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  if (rows.length === 0) return ''
  const lines = [titles, ...rows.map((row) => row.map((cell) => printable(cell ?? '')))]
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column]))))
  return lines.map((line) => `${lineOf(line, widths)}\n`).join('')
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
  return padded.join(GAP).trimEnd()
}

/** Code points: ids and labels seldom have wider ones. */
function widthOf(cell: string | undefined): number {
  return cell === undefined ? 0 : Array.from(cell).length
}
