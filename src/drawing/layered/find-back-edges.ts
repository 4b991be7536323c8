import type { LayeredGraph } from './layered-graph.ts'

/** Indexes of edges that close a cycle, seen from the beginning of the flow: without them the graph has none. */
export function findBackEdges({ nodes, edges, first }: LayeredGraph): ReadonlySet<number> {
  const leaving: number[][] = nodes.map(() => [])
  for (const [at, { from }] of edges.entries()) leaving[from]?.push(at)
  const [back, seen, open] = [new Set<number>(), new Set<number>(), new Set<number>()]
  for (const root of [first, ...nodes.keys()]) visit(root)
  return back

  function visit(root: number): void {
    const path = seen.has(root) ? [] : [enter(root)]
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const at = leaving[top.node]?.[top.next++]
      if (at === undefined) {
        open.delete(top.node)
        path.pop()
      } else follow(at, path)
    }
  }

  function follow(at: number, path: { node: number; next: number }[]): void {
    const to = edges[at]?.to ?? 0
    if (open.has(to)) back.add(at)
    else if (!seen.has(to)) path.push(enter(to))
  }

  function enter(node: number): { node: number; next: number } {
    seen.add(node)
    open.add(node)
    return { node, next: 0 }
  }
}
