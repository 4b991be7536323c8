/** A value that wants to be at a place, and how much. */
export interface Wish {
  readonly at: number
  readonly weight: number
}

/**
 * The places nearest to the wishes, in weighted squares, with at least `gaps[i]` between the place `i` and the next: isotonic
 * regression by pooling neighbours.
 */
export function isotonic(wishes: readonly Wish[], gaps: readonly number[]): readonly number[] {
  const offsets = wishes.map(() => 0)
  for (let at = 1; at < wishes.length; at++) offsets[at] = (offsets[at - 1] ?? 0) + (gaps[at - 1] ?? 0)
  const pools: { at: number; weight: number; count: number }[] = []
  for (const [index, { at, weight }] of wishes.entries()) {
    let pool = { at: at - (offsets[index] ?? 0), weight, count: 1 }
    for (let last = pools.at(-1); last !== undefined && last.at >= pool.at; last = pools.at(-1)) {
      const sum = last.weight + pool.weight
      pool = {
        at: (last.at * last.weight + pool.at * pool.weight) / sum,
        weight: sum,
        count: last.count + pool.count,
      }
      pools.pop()
    }
    pools.push(pool)
  }
  const places = pools.flatMap(({ at, count }) => Array.from({ length: count }, () => at))
  return places.map((at, index) => at + (offsets[index] ?? 0))
}
