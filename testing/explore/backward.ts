import type { SituationGraph, SituationNode } from './situation-graph.ts'

/** For each node, by its index: 1 if moves without a fault lead from it to one of these, 0 if none do. */
export function leadingTo(
  { nodes, freeMoves: [from, to] }: SituationGraph,
  isGoal: (node: SituationNode) => boolean,
): Uint8Array {
  const { starts, sources } = movesInto(nodes.length, from, to)
  const leads = new Uint8Array(nodes.length)
  const next = nodes.filter(isGoal).map(({ index }) => index)
  for (const index of next) leads[index] = 1
  for (let index = next.pop(); index !== undefined; index = next.pop()) {
    const end = starts[index + 1] ?? 0
    for (let at = starts[index] ?? 0; at < end; at += 1) {
      const source = sources[at] ?? 0
      if (leads[source] === 1) continue
      leads[source] = 1
      next.push(source)
    }
  }
  return leads
}

/** The sources of the moves into node n are `sources[starts[n]]` up to `sources[starts[n + 1]]`: a list for each would take much memory. */
function movesInto(count: number, from: readonly number[], to: readonly number[]) {
  const starts = new Uint32Array(count + 1)
  for (const target of to) starts[target + 1] = (starts[target + 1] ?? 0) + 1
  for (let node = 0; node < count; node += 1) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0)
  const places = starts.slice()
  const sources = new Uint32Array(from.length)
  for (const [move, target] of to.entries()) {
    const place = places[target] ?? 0
    sources[place] = from[move] ?? 0
    places[target] = place + 1
  }
  return { starts, sources }
}
