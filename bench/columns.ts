/** The cells of a line. */
export type TableRow = readonly string[]

/** Lines of aligned columns: names to the left, figures to the right. */
export function table(rows: readonly TableRow[], names = 1): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: TableRow): string =>
    row
      .map((cell, column) => (column === names ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return rows.map((row) => `  ${line(row)}`).join('\n')
}
