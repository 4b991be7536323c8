interface Visit<Node> {
  readonly node: Node
  readonly rest: Iterator<Node>
}

/**
 * The nodes of a directed graph in groups of which each node leads to every other one (Tarjan's strongly connected components),
 * in time linear in its edges and without recursion: a file may have chains of thousands.
 */
export function circles<Node>(
  from: readonly Node[],
  next: (node: Node) => Iterable<Node>,
): readonly (readonly Node[])[] {
  const order = new Map<Node, number>()
  /** The earliest node on the stack that a node leads back to. */
  const low = new Map<Node, number>()
  const stack: Node[] = []
  const onStack = new Set<Node>()
  const groups: Node[][] = []
  const path: Visit<Node>[] = []

  const enter = (node: Node): void => {
    low.set(node, order.size)
    order.set(node, order.size)
    stack.push(node)
    onStack.add(node)
    path.push({ node, rest: next(node)[Symbol.iterator]() })
  }
  const lower = (node: Node, to = Infinity): void => void low.set(node, Math.min(low.get(node) ?? to, to))
  const leave = ({ node }: Visit<Node>): void => {
    path.pop()
    const above = path.at(-1)
    if (above !== undefined) lower(above.node, low.get(node))
    if (low.get(node) !== order.get(node)) return
    const group = stack.splice(stack.lastIndexOf(node))
    for (const member of group) onStack.delete(member)
    groups.push(group)
  }

  for (const start of from) {
    if (!order.has(start)) enter(start)
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const { done, value } = visit.rest.next() as IteratorResult<Node, undefined>
      if (done === true) leave(visit)
      else if (!order.has(value)) enter(value)
      else if (onStack.has(value)) lower(visit.node, order.get(value))
    }
  }
  return groups
}
