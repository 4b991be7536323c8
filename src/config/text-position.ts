/** A place in a text as editors show it, both counted from 1; a column is a UTF-16 code unit. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** Offset → place; the lines are counted once. */
export function placesIn(text: string): (offset: number) => TextPlace {
  const starts = [0, ...Array.from(text.matchAll(/\r\n?|\n/g), (end) => end.index + end[0].length)]
  return (offset) => {
    const line = lastAtMost(starts, offset)
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
  }
}

export function formatPlace({ line, column }: TextPlace): string {
  return `${line}:${column}`
}

/** Index of the last of the ascending numbers that is not beyond `limit`. */
function lastAtMost(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) <= limit) low = middle
    else high = middle
  }
  return low
}
