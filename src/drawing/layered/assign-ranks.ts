import type { LayeredGraph } from './layered-graph.ts'

/** Rounds of moving nodes nearer to their neighbours. */
const ROUNDS = 4

/** The rank of each node: each edge but the back ones leads to a higher rank. Nodes then move to where edges are shortest. */
export function assignRanks({ nodes, edges }: LayeredGraph, back: ReadonlySet<number>): readonly number[] {
  const [into, out]: [number[][], number[][]] = [nodes.map(() => []), nodes.map(() => [])]
  for (const [at, { from, to }] of edges.entries()) {
    if (back.has(at)) continue
    out[from]?.push(to)
    into[to]?.push(from)
  }
  const order = topological(into, out)
  const ranks = nodes.map(() => 0)
  for (const node of order) ranks[node] = Math.max(0, ...(into[node] ?? []).map((from) => (ranks[from] ?? 0) + 1))
  for (let round = 0; round < ROUNDS; round++) for (const node of order.toReversed()) move(node)
  return ranks

  function move(node: number): void {
    const [sources, targets] = [into[node] ?? [], out[node] ?? []]
    if (targets.length <= sources.length || targets.length === 0) return
    ranks[node] = Math.min(...targets.map((to) => ranks[to] ?? 0)) - 1
  }
}

function topological(into: readonly number[][], out: readonly number[][]): readonly number[] {
  const waiting = into.map(({ length }) => length)
  const order = [...waiting.keys()].filter((node) => waiting[node] === 0)
  for (let at = 0; at < order.length; at++) {
    for (const to of out[order[at] ?? 0] ?? []) {
      waiting[to] = (waiting[to] ?? 0) - 1
      if (waiting[to] === 0) order.push(to)
    }
  }
  return order
}
