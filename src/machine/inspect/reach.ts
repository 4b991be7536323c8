import type { MachineFinding } from './machine-finding.ts'
import { stronglyConnectedComponents } from '../strongly-connected-components.ts'
import { isEndAtStart } from './ends.ts'
import { listNames, quoteName, statePath, type MachineGraph } from './graph.ts'

/** States that no saga can enter. Of a group that leads on to others, only its first state is reported. */
export function reachFindings(graph: MachineGraph): readonly MachineFinding[] {
  const unreachable = [...graph.states.keys()].filter((state) => graph.isReachable[state] !== true)
  if (unreachable.length === 0 || graph.initial === -1 || isEndAtStart(graph)) return []
  const successorsOf = (state: number) => (graph.leaving[state] ?? []).map(({ to }) => to)
  const groups = stronglyConnectedComponents(unreachable, successorsOf)
  const groupOf = new Map(groups.flatMap((group) => group.map((state) => [state, group] as const)))
  const roots = groups.filter((group) => !graph.isReachable[group[0] ?? -1] && isRoot(group, groupOf, graph))
  return roots.map((group) =>
    unreachableState(
      group.toSorted((one, other) => one - other),
      graph,
    ),
  )
}

/** True if no edge leads into the group from outside. */
function isRoot(
  group: readonly number[],
  groupOf: ReadonlyMap<number, readonly number[]>,
  { entering }: MachineGraph,
): boolean {
  return group.every((state) => (entering[state] ?? []).every(({ from }) => groupOf.get(from) === group))
}

function unreachableState(group: readonly number[], { states, entering }: MachineGraph): MachineFinding {
  const [first = 0, ...others] = group
  const name = quoteName(states[first]?.id ?? '')
  const isOwnTarget = (entering[first] ?? []).length > 0
  const alone = isOwnTarget ? `${name}, which it alone leads to` : `${name}, which no transition leads to`
  const loop = `${name}, which is reached from ${listNames(others.map((state) => states[state]?.id ?? ''))} alone`
  return {
    code: 'state.unreachable',
    path: statePath(first, 'id'),
    found: others.length === 0 ? alone : loop,
    expected: 'a state on a way from the initial one',
  }
}
