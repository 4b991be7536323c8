import type { HeapProfiler, Profiler } from 'node:inspector'
import type { Call } from './spent.ts'

/** Nodes of a processor's profile that are no work. */
const IDLE: ReadonlySet<string> = new Set(['(idle)', '(root)', '(program)'])

/** The calls of a profile of processor time, in microseconds, without those in which the thread had nothing to do. */
export function callsOfCpu({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Call {
  const self = new Map<number, number>()
  samples.forEach((id, at) => self.set(id, (self.get(id) ?? 0) + (timeDeltas[at] ?? 0)))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const callOf = ({ id, callFrame, children = [] }: Profiler.ProfileNode): Call => ({
    callFrame,
    self: IDLE.has(callFrame.functionName) ? 0 : (self.get(id) ?? 0),
    children: children.flatMap((child) => byId.get(child) ?? []).map(callOf),
  })
  const [root] = nodes
  if (root === undefined) throw new Error('read the profile: found no nodes, expected the root of a tree')
  return callOf(root)
}

/** The calls of a profile of allocations, in bytes. */
export function callsOfHeap({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): Call {
  return { callFrame, self: selfSize, children: children.map(callsOfHeap) }
}
