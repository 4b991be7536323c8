/**
 * Nodes of a graph that lead back to themselves: one of each cycle. Iterative, since chains of references may be as long as a
 * schema has schemas.
 */
export function cyclesIn<T>(edges: ReadonlyMap<T, readonly T[]>): readonly T[] {
  const done = new Set<T>()
  const open = new Set<T>()
  const found: T[] = []
  for (const start of edges.keys()) {
    const stack = [{ node: start, next: 0 }]
    while (stack.length > 0) {
      const top = stack.at(-1)
      if (top === undefined) break
      if (top.next === 0) open.add(top.node)
      const target = done.has(top.node) ? undefined : edges.get(top.node)?.[top.next++]
      if (target === undefined) {
        stack.pop()
        open.delete(top.node)
        done.add(top.node)
      } else if (open.has(target)) found.push(target)
      else if (!done.has(target)) stack.push({ node: target, next: 0 })
    }
  }
  return [...new Set(found)]
}
