import type { MachineDefinition, StateDefinition, TransitionDefinition } from '../definition.ts'

/** Keys and indexes from the root of the file to a value. */
export type FilePath = readonly (string | number)[]

/** A transition between two states that exist, by their indexes in `states`. */
export interface Edge {
  readonly from: number
  readonly to: number
  /** Index in `outgoingTransitions`. */
  readonly at: number
  readonly transition: TransitionDefinition
}

/** A machine as a graph. States are numbers: their indexes in `states`. */
export interface MachineGraph {
  readonly definition: MachineDefinition
  readonly states: readonly StateDefinition[]
  readonly initial: number
  /** Edges out of each state. */
  readonly leaving: readonly (readonly Edge[])[]
  /** Edges into each state. */
  readonly entering: readonly (readonly Edge[])[]
  /** True for each state that a saga can enter. */
  readonly isReachable: readonly boolean[]
}

/** The graph of a definition whose ids are unique. References to states that do not exist are left out. */
export function graphOf(definition: MachineDefinition): MachineGraph {
  const { states } = definition
  const indexes = new Map(states.map(({ id }, index) => [id, index]))
  const leaving = states.map((state, from) => edgesOf(state, from, indexes))
  const entering: Edge[][] = states.map(() => [])
  for (const edge of leaving.flat()) entering[edge.to]?.push(edge)
  const initial = indexes.get(definition.initialState) ?? -1
  const isReachable = reachableFrom(initial, leaving)
  return { definition, states, initial, leaving, entering, isReachable }
}

function edgesOf(state: StateDefinition, from: number, indexes: ReadonlyMap<string, number>): readonly Edge[] {
  return (state.outgoingTransitions ?? []).flatMap((transition, at) => {
    const to = indexes.get(transition.targetState)
    return to === undefined ? [] : [{ from, to, at, transition }]
  })
}

/** True for each state that a walk from `start` enters. `mayEnter` can close states. */
export function reachableFrom(
  start: number,
  leaving: MachineGraph['leaving'],
  mayEnter: (state: number) => boolean = () => true,
): boolean[] {
  const reached = leaving.map(() => false)
  const next = start in leaving && mayEnter(start) ? [start] : []
  for (let state = next.pop(); state !== undefined; state = next.pop()) {
    if (reached[state] === true) continue
    reached[state] = true
    for (const { to } of leaving[state] ?? []) if (reached[to] !== true && mayEnter(to)) next.push(to)
  }
  return reached
}

/** Indexes of the states that sagas can enter. */
export function reachableStates({ isReachable }: MachineGraph): readonly number[] {
  return [...isReachable.keys()].filter((state) => isReachable[state])
}

/** Path of a state, or of a value in it. */
export function statePath(state: number, ...rest: FilePath): FilePath {
  return ['machineDefinition', 'states', state, ...rest]
}

/** Path of the target of an edge. */
export function targetPath({ from, at }: Edge): FilePath {
  return statePath(from, 'outgoingTransitions', at, 'targetState')
}

/** Labels that a state sends: of its command and of its side effects; none of no state. */
export function labelsOf(state: StateDefinition | undefined): readonly string[] {
  const { outputCommand, sideEffects = [] } = state ?? {}
  return [...(outputCommand === undefined ? [] : [outputCommand]), ...sideEffects].map(({ label }) => label)
}

const MOST_NAMES = 3
const LONGEST_NAME = 60

/** `"a", "b", "c" and 7 more` */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(quoteName).join(', ')
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown
}

/** A name in quotes; a long one is cut. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name)
}
