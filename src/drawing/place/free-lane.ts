/** A part of an axis. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Room between a line and the boxes that it passes. */
const CLEARANCE = 10

/** The place across nearest to both ends at which a line passes all boxes of these spans. */
export function freeLane(boxes: readonly Stretch[], start: number, end: number): number {
  const blocked = mergedSpans(boxes.map(({ from, to }) => ({ from: from - CLEARANCE, to: to + CLEARANCE })))
  const isFree = (at: number) => blocked.every(({ from, to }) => at <= from || at >= to)
  const lengthOf = (at: number) => Math.abs(at - start) + Math.abs(at - end)
  const free = [start, end, ...blocked.flatMap(({ from, to }) => [from, to])].filter(isFree)
  return free.reduce((best, at) => (lengthOf(at) < lengthOf(best) ? at : best), free[0] ?? start)
}

/** Spans that overlap become one; the result is in ascending order. */
export function mergedSpans(spans: readonly Stretch[]): readonly Stretch[] {
  const all: { from: number; to: number }[] = []
  for (const { from, to } of spans.toSorted((one, other) => one.from - other.from)) {
    const last = all.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else all.push({ from, to })
  }
  return all
}
