/** A position in a text as editors show it. Both numbers count from 1; a column is a UTF-16 code unit. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** Offset → position. Lines are counted once. */
export function positionsIn(text: string): (offset: number) => TextPosition {
  const starts = [0, ...Array.from(text.matchAll(/\r\n?|\n/g), (end) => end.index + end[0].length)]
  return (offset) => {
    const line = lastIndexAtMost(starts, offset)
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
  }
}

/** `line:column`, as editors and compilers write it. */
export function formatPosition({ line, column }: TextPosition): string {
  return `${line}:${column}`
}

/** Index of the last number that is at most `limit`; the numbers ascend. */
function lastIndexAtMost(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) <= limit) low = middle
    else high = middle
  }
  return low
}
