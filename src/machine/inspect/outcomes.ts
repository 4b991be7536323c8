import type { StateDefinition } from '../definition.ts'
import { stronglyConnectedComponents } from '../strongly-connected-components.ts'
import { reachableStates, type MachineGraph } from './graph.ts'

/** A set of outcomes, one bit each. */
export type OutcomeSet = bigint

/**
 * How sagas can end. Final states with one business state are one outcome; a final state without one is an outcome of its own.
 */
export interface Outcomes {
  /** The outcome of a final state; none for others. */
  readonly outcomeOf: (state: StateDefinition) => OutcomeSet
  /** For each state, the outcomes that a saga in it can still have. */
  readonly ahead: readonly OutcomeSet[]
}

/** Sets of bits cost time by their length. */
const MOST = 256

/** Absent where a machine has more than 256 outcomes. */
export function outcomesOf(graph: MachineGraph): Outcomes | undefined {
  const finals = reachableStates(graph).flatMap((state) => graph.states[state] ?? [])
  const keys = new Set(finals.filter(({ isFinal }) => isFinal).map(keyOf))
  if (keys.size > MOST) return undefined
  const bits = new Map([...keys].map((key, index) => [key, 1n << BigInt(index)]))
  const outcomeOf = (state: StateDefinition): OutcomeSet => (state.isFinal ? (bits.get(keyOf(state)) ?? 0n) : 0n)
  return { outcomeOf, ahead: outcomesAhead(graph, outcomeOf) }
}

/** True if a set holds exactly one outcome. */
export function isDecided(set: OutcomeSet): boolean {
  return set !== 0n && (set & (set - 1n)) === 0n
}

function keyOf({ id, businessStateId }: StateDefinition): string {
  return businessStateId === undefined ? `state ${id}` : `business ${businessStateId}`
}

/** Components come in reverse order: each behind all that it leads to. */
function outcomesAhead(
  { states, leaving }: MachineGraph,
  outcomeOf: (state: StateDefinition) => OutcomeSet,
): readonly OutcomeSet[] {
  const ahead = states.map((state) => outcomeOf(state))
  const groups = stronglyConnectedComponents([...states.keys()], (state) => (leaving[state] ?? []).map(({ to }) => to))
  for (const group of groups) {
    let set = 0n
    for (const state of group) {
      set |= ahead[state] ?? 0n
      for (const { to } of leaving[state] ?? []) set |= ahead[to] ?? 0n
    }
    for (const state of group) ahead[state] = set
  }
  return ahead
}
