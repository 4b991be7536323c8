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
  const places: number[] = []
  const pools: { at: number; weight: number; count: number }[] = []
  let offset = 0
  for (const { at, weight } of wishes) {
    if (places.length > 0) offset += gaps[places.length - 1] ?? 0
    places.push(offset)
    const pool = { at: at - offset, weight, count: 1 }
    for (let last = pools.at(-1); last !== undefined && last.at >= pool.at; last = pools.at(-1)) {
      const sum = last.weight + pool.weight
      pool.at = (last.at * last.weight + pool.at * pool.weight) / sum
      pool.weight = sum
      pool.count += last.count
      pools.pop()
    }
    pools.push(pool)
  }
  let next = 0
  for (const { at, count } of pools)
    for (const end = next + count; next < end; next++) places[next] = at + (places[next] ?? 0)
  return places
}
