/** A directed graph of numbered nodes, as `immediateDominators` walks it. */
export interface RootedGraph {
  readonly root: number
  /** Number of nodes; some may be out of reach. */
  readonly size: number
  readonly successors: (node: number) => readonly number[]
}

/** Steps after which the search gives up: machines that people write need thousands. */
const MOST_STEPS = 20_000_000

/**
 * For each node, the last other node that every walk from the root to it passes; -1 for the root and for nodes out of reach.
 * Absent where the graph is too tangled. Cooper, Harvey and Kennedy: "A simple, fast dominance algorithm".
 */
export function immediateDominators(graph: RootedGraph): readonly number[] | undefined {
  const order = reversePostorder(graph)
  const position = new Int32Array(graph.size).fill(-1)
  for (const [at, node] of order.entries()) position[node] = at
  const predecessors: number[][] = order.map(() => [])
  for (const [at, node] of order.entries()) {
    for (const successor of graph.successors(node)) predecessors[position[successor] ?? 0]?.push(at)
  }
  const dominators = dominatorsByPosition(predecessors)
  if (dominators === undefined) return undefined
  const byNode = Array.from({ length: graph.size }, () => -1)
  for (const [at, node] of order.entries()) if (at > 0) byNode[node] = order[dominators[at] ?? 0] ?? -1
  return byNode
}

/** Nodes are their positions in reverse postorder, so that a dominator has the smaller number. */
function dominatorsByPosition(predecessors: readonly (readonly number[])[]): Int32Array | undefined {
  const dominators = new Int32Array(predecessors.length).fill(-1)
  dominators[0] = 0
  let steps = 0
  const common = (one: number, other: number): number => {
    let [left, right] = [one, other]
    while (left !== right) {
      steps += 1
      if (left > right) left = dominators[left] ?? 0
      else right = dominators[right] ?? 0
    }
    return left
  }
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false
    for (let node = 1; node < predecessors.length; node += 1) {
      let dominator = -1
      for (const before of predecessors[node] ?? []) {
        if (dominators[before] === -1) continue
        dominator = dominator === -1 ? before : common(before, dominator)
      }
      if (steps > MOST_STEPS) return undefined
      if (dominators[node] !== dominator) hasChanged = true
      dominators[node] = dominator
    }
  }
  return dominators
}

/** Without recursion: a machine may be a chain of thousands. */
function reversePostorder({ root, size, successors }: RootedGraph): readonly number[] {
  const seen = new Uint8Array(size)
  const order: number[] = []
  const path = [{ node: root, remaining: successors(root)[Symbol.iterator]() }]
  seen[root] = 1
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const { done, value } = visit.remaining.next()
    if (done === true) {
      order.push(visit.node)
      path.pop()
    } else if (seen[value] !== 1) {
      seen[value] = 1
      path.push({ node: value, remaining: successors(value)[Symbol.iterator]() })
    }
  }
  return order.reverse()
}
