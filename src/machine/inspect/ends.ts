import type { MachineFinding } from './machine-finding.ts'
import { stronglyConnectedComponents } from '../strongly-connected-components.ts'
import { labelsOf, listNames, quoteName, reachableStates, statePath, type MachineGraph } from './graph.ts'

/**
 * Sagas that cannot end: states without a way out, loops without a way out, a machine without final state. States from which sagas
 * only get there are named, not reported again.
 */
export function endFindings(graph: MachineGraph): readonly MachineFinding[] {
  const { states, initial, definition } = graph
  if (initial === -1) return []
  if (!states.some(({ isFinal }) => isFinal)) return [noFinal(states.length)]
  if (isEndAtStart(graph)) return [initialIsFinal(definition.initialState)]
  return trapsIn(graph).map((trap) => trapFinding(trap, graph))
}

/** True if sagas end when they are created. Final states with transitions are reported by the reading of the file. */
export function isEndAtStart({ states, initial, leaving }: MachineGraph): boolean {
  return states[initial]?.isFinal === true && (leaving[initial] ?? []).length === 0
}

function noFinal(count: number): MachineFinding {
  const found = count === 1 ? 'one state, which is not final' : `${count} states, none of which is final`
  return { code: 'final.missing', path: ['machineDefinition', 'states'], found, expected: 'at least one final state' }
}

function initialIsFinal(id: string): MachineFinding {
  const path = ['machineDefinition', 'initialState']
  const found = `${quoteName(id)}, which is final`
  return { code: 'initial.final', path, found, expected: 'a state that is not final' }
}

/** Reachable states that sagas never leave, and the states from which sagas only get there. */
interface Trap {
  readonly states: readonly number[]
  readonly before: readonly number[]
}

function trapsIn(graph: MachineGraph): readonly Trap[] {
  const canEnd = endingStates(graph)
  const doomed = reachableStates(graph).filter((state) => canEnd[state] !== true)
  if (doomed.length === 0) return []
  const successorsOf = (state: number) => (graph.leaving[state] ?? []).map(({ to }) => to)
  const groups = stronglyConnectedComponents(doomed, successorsOf)
  const groupOf = new Map(groups.flatMap((group) => group.map((state) => [state, group] as const)))
  const isClosed = (group: readonly number[]) =>
    group.every((state) => successorsOf(state).every((to) => groupOf.get(to) === group))
  const traps = groups.filter(isClosed).map((group) => group.toSorted((one, other) => one - other))
  const open = new Set(doomed)
  for (const state of traps.flat()) open.delete(state)
  return traps.map((states) => ({ states, before: takeStatesBefore(states, open, graph) }))
}

/** Takes the states out of `open` that lead to these, so that each is named once. */
function takeStatesBefore(states: readonly number[], open: Set<number>, { entering }: MachineGraph): readonly number[] {
  const before: number[] = []
  const next = [...states]
  for (let state = next.pop(); state !== undefined; state = next.pop()) {
    for (const { from } of entering[state] ?? []) {
      if (!open.delete(from)) continue
      before.push(from)
      next.push(from)
    }
  }
  return before.toSorted((one, other) => one - other)
}

/** True for each state from which a final one can be reached. */
function endingStates({ states, entering }: MachineGraph): readonly boolean[] {
  const canEnd = states.map(() => false)
  const next = [...states.keys()].filter((state) => states[state]?.isFinal === true)
  for (let state = next.pop(); state !== undefined; state = next.pop()) {
    if (canEnd[state] === true) continue
    canEnd[state] = true
    for (const { from } of entering[state] ?? []) if (canEnd[from] !== true) next.push(from)
  }
  return canEnd
}

function trapFinding(trap: Trap, { states, leaving }: MachineGraph): MachineFinding {
  const [first = 0] = trap.states
  const idsOf = (members: readonly number[]) => members.map((member) => states[member]?.id ?? '')
  const before = idsOf(trap.before)
  const also = before.length === 0 ? '' : `; sagas in ${listNames(before)} cannot reach a final state either`
  const path = statePath(first, 'id')
  if ((leaving[first] ?? []).length > 0) {
    const found = `a loop without exit: ${listNames(idsOf(trap.states))}${also}`
    return { code: 'loop.endless', path, found, expected: 'a transition out of the loop, on a way to a final state' }
  }
  const name = `${quoteName(states[first]?.id ?? '')}, which is not final`
  if (labelsOf(states[first]).length > 0) {
    const found = `${name} and has no transition${also}`
    return { code: 'state.dead-end', path, found, expected: 'a transition, or a final state' }
  }
  const found = `${name} and has neither command nor transition${also}`
  return { code: 'state.inert', path, found, expected: 'a command and a transition, or a final state' }
}
