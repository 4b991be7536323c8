interface GraphVisit<Node> {
  readonly node: Node
  readonly remaining: Iterator<Node>
}

/**
 * Groups of nodes of which each leads to every other (Tarjan). Time is linear in the edges. Without recursion, since a
 * configuration may have chains of thousands.
 */
export function stronglyConnectedComponents<Node>(
  nodes: readonly Node[],
  successorsOf: (node: Node) => Iterable<Node>,
): readonly (readonly Node[])[] {
  const order = new Map<Node, number>()
  /** Node → order of the earliest node on the stack that it leads back to. */
  const low = new Map<Node, number>()
  const stack: Node[] = []
  const onStack = new Set<Node>()
  const components: Node[][] = []
  const path: GraphVisit<Node>[] = []

  const enter = (node: Node): void => {
    low.set(node, order.size)
    order.set(node, order.size)
    stack.push(node)
    onStack.add(node)
    path.push({ node, remaining: successorsOf(node)[Symbol.iterator]() })
  }
  const lower = (node: Node, to = Infinity): void => void low.set(node, Math.min(low.get(node) ?? to, to))
  const leave = ({ node }: GraphVisit<Node>): void => {
    path.pop()
    const previous = path.at(-1)
    if (previous !== undefined) lower(previous.node, low.get(node))
    if (low.get(node) !== order.get(node)) return
    const component = stack.splice(stack.lastIndexOf(node))
    for (const member of component) onStack.delete(member)
    components.push(component)
  }

  for (const start of nodes) {
    if (!order.has(start)) enter(start)
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const { done, value } = visit.remaining.next() as IteratorResult<Node, undefined>
      if (done === true) leave(visit)
      else if (!order.has(value)) enter(value)
      else if (onStack.has(value)) lower(visit.node, order.get(value))
    }
  }
  return components
}
