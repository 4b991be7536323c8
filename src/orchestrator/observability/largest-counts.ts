/** Names of a line; the others are counted together. */
const MOST_NAMES = 20

/** The largest counts by name, for a log line; the sum of all others as `others`. */
export function largestCounts(counts: ReadonlyMap<string, number>): Record<string, number> {
  const sorted = [...counts].sort(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1))
  const rest = sorted.slice(MOST_NAMES).reduce((sum, [, count]) => sum + count, 0)
  return Object.fromEntries([...sorted.slice(0, MOST_NAMES), ...(rest > 0 ? [['others', rest] as const] : [])])
}
