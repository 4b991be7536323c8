import fc from 'fast-check'
import { expect, test } from 'vitest'
import { immediateDominators } from '../../../src/machine/inspect/dominators.ts'

type Graph = readonly (readonly number[])[]

const SIZE = 8
const GRAPH: fc.Arbitrary<Graph> = fc.array(fc.array(fc.nat(SIZE - 1), { maxLength: 3 }), {
  minLength: SIZE,
  maxLength: SIZE,
})

function reached(graph: Graph, without?: number): ReadonlySet<number> {
  const seen = new Set<number>()
  const next = without === 0 ? [] : [0]
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    next.push(...(graph[node] ?? []).filter((to) => to !== without))
  }
  return seen
}

/** By definition: a node dominates another that cannot be reached without it. The nearest one is dominated by all others. */
function byDefinition(graph: Graph, node: number): number {
  if (node === 0 || !reached(graph).has(node)) return -1
  const dominators = graph.flatMap((_, other) => (other !== node && !reached(graph, other).has(node) ? [other] : []))
  const depth = (one: number) => dominators.filter((other) => !reached(graph, other).has(one)).length
  return dominators.toSorted((one, other) => depth(other) - depth(one))[0] ?? -1
}

test('C2.8 the last state before another that every saga passes, as by definition', () => {
  fc.assert(
    fc.property(GRAPH, (graph) => {
      const found = immediateDominators({ root: 0, size: SIZE, successors: (node) => graph[node] ?? [] })
      expect(found).toEqual(graph.map((_, node) => byDefinition(graph, node)))
    }),
    { numRuns: 500 },
  )
})

test('C2.8 a chain of a hundred thousand exhausts no stack', () => {
  const size = 100_000
  const successors = (node: number) => (node + 1 < size ? [node + 1] : [])
  expect(immediateDominators({ root: 0, size, successors })?.at(-1)).toBe(size - 2)
})
