import type { MachineDefinition } from './definition.ts'
import { businessFindings } from './inspect/business.ts'
import { compensationFindings } from './inspect/compensation.ts'
import { endFindings } from './inspect/ends.ts'
import { eventFindings } from './inspect/events.ts'
import { graphOf, type FilePath } from './inspect/graph.ts'
import type { MachineFinding } from './inspect/machine-finding.ts'
import { labelFindings } from './inspect/labels.ts'
import { outcomesOf } from './inspect/outcomes.ts'
import { reachFindings } from './inspect/reach.ts'
import { usageFindings, type ChannelUse } from './inspect/usage.ts'

/**
 * Findings about a valid machine and the channels that it refers to (C2.8), in the order of the file. One mistake makes one
 * finding: of states behind an unreachable one, or before a dead end, only the first is reported. Time is linear in the
 * transitions; checks that compare outcomes give up on machines with more than 256 of them.
 */
export function inspectMachine(
  definition: MachineDefinition,
  channels: readonly ChannelUse[],
): readonly MachineFinding[] {
  const graph = graphOf(definition)
  const outcomes = outcomesOf(graph)
  const ofOutcomes =
    outcomes === undefined
      ? []
      : [
          ...eventFindings(graph, outcomes),
          ...businessFindings(graph, outcomes),
          ...compensationFindings(graph, outcomes),
        ]
  const all = [
    ...reachFindings(graph),
    ...endFindings(graph),
    ...labelFindings(graph),
    ...ofOutcomes,
    ...usageFindings(graph, channels),
  ]
  // a state that lacks its business state is also why the business state is unused
  const isLacking = all.some(({ code }) => code === 'business-state.missing')
  const causes = isLacking ? all.filter(({ code }) => code !== 'business-state.unused') : all
  return causes.toSorted((one, other) => comparePaths(one.path, other.path))
}

function comparePaths(one: FilePath, other: FilePath): number {
  for (const [at, key] of one.entries()) {
    const otherKey = other[at]
    if (otherKey === undefined) return 1
    if (key === otherKey) continue
    if (typeof key === 'number' && typeof otherKey === 'number') return key - otherKey
    return String(key) < String(otherKey) ? -1 : 1
  }
  return one.length - other.length
}
