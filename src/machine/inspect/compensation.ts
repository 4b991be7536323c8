import type { MachineFinding } from './machine-finding.ts'
import { immediateDominators } from './dominators.ts'
import { labelsOf, listNames, quoteName, reachableStates, targetPath, type Edge, type MachineGraph } from './graph.ts'
import { isDecided, type Outcomes, type OutcomeSet } from './outcomes.ts'
import { decidedChains, isAtBeginning, lackedBy, wayFrom, type Way, type WaySearch } from './ways.ts'

/** The transitions by which sagas in one state become decided for one outcome. */
interface Exits {
  readonly state: number
  readonly outcome: OutcomeSet
  readonly edges: readonly Edge[]
}

/**
 * Ways to one failed end that leave out commands which another way there sends. States that sagas pass one after the other are
 * compared: what one of them undoes was done before it, so a later one must undo it, too; and a later one undoes at most one
 * command more for each command between them. Whether an end is a failure follows from its exits: sagas fail from several
 * states, and succeed from the fewest.
 */
export function compensationFindings(graph: MachineGraph, outcomes: Outcomes): readonly MachineFinding[] {
  const exits = failureExits(graph, outcomes)
  if (exits.length < 2) return []
  const forward = forwardDominators(graph, outcomes)
  const chains = decidedChains(graph, outcomes)
  if (forward === undefined || chains === undefined) return []
  const byPlace = new Map(exits.map((exit) => [placeOf(exit.state, exit.outcome), exit]))
  const findings = exits.flatMap((later) => {
    const earlier = dominatingExits(later, forward, byPlace)
    if (earlier === undefined) return []
    const commands = commandsBetween(earlier.state, later.state, { graph, forward })
    return compareExits({ earlier, later, commands }, { graph, chains })
  })
  return [...new Map(findings.map((one) => [one.path.join(), one])).values()]
}

function placeOf(state: number, outcome: OutcomeSet): string {
  return `${state} ${outcome}`
}

function failureExits(graph: MachineGraph, { ahead }: Outcomes): readonly Exits[] {
  const all = reachableStates(graph).flatMap((state): readonly Exits[] => {
    if (isDecided(ahead[state] ?? 0n)) return []
    const edges = (graph.leaving[state] ?? []).filter(({ to }) => isDecided(ahead[to] ?? 0n))
    return [...Map.groupBy(edges, ({ to }) => ahead[to] ?? 0n)].map(([outcome, own]) => ({
      state,
      outcome,
      edges: own,
    }))
  })
  const counts = new Map(
    [...Map.groupBy(all, ({ outcome }) => outcome)].map(([outcome, { length }]) => [outcome, length]),
  )
  const fewest = [...counts.values()].reduce((one, other) => Math.min(one, other), Infinity)
  return all.filter(({ outcome }) => (counts.get(outcome) ?? 0) > fewest)
}

/** For each undecided state, the undecided state that sagas pass last before it. */
function forwardDominators(graph: MachineGraph, { ahead }: Outcomes): readonly number[] | undefined {
  const isUndecided = (state: number) => !isDecided(ahead[state] ?? 0n)
  const successors = (state: number) => (graph.leaving[state] ?? []).map(({ to }) => to).filter(isUndecided)
  return immediateDominators({ root: graph.initial, size: graph.states.length, successors })
}

/** The exits to the same end of the nearest state that sagas pass before. */
function dominatingExits(
  { state, outcome }: Exits,
  forward: readonly number[],
  byPlace: ReadonlyMap<string, Exits>,
): Exits | undefined {
  for (let before = forward[state] ?? -1; before !== -1; before = forward[before] ?? -1) {
    const exits = byPlace.get(placeOf(before, outcome))
    if (exits !== undefined) return exits
  }
  return undefined
}

interface ForwardSearch {
  readonly graph: MachineGraph
  readonly forward: readonly number[]
}

/** Commands that sagas send from one state on, for certain, until they enter the other. */
function commandsBetween(from: number, to: number, { graph, forward }: ForwardSearch): number {
  let count = 0
  for (let state = forward[to] ?? -1; state !== -1; state = state === from ? -1 : (forward[state] ?? -1)) {
    count += labelsOf(graph.states[state]).length
  }
  return count
}

interface ExitPair {
  readonly earlier: Exits
  readonly later: Exits
  /** Commands between the two states. */
  readonly commands: number
}

function compareExits({ earlier, later, commands }: ExitPair, search: WaySearch): readonly MachineFinding[] {
  const waysOf = ({ edges }: Exits) => edges.map((edge) => wayFrom(edge, search))
  const [before, after] = [waysOf(earlier), waysOf(later)]
  const { graph } = search
  const skipped = after.flatMap((way) => {
    const missing = lackedBy(way, before)
    return missing.length === 0 ? [] : [leftOut(way, missing, { graph, state: earlier.state, others: before })]
  })
  if (skipped.length > 0) return skipped
  return before.flatMap((way) => {
    const missing = lackedBy(way, after).slice(commands)
    return missing.length === 0 ? [] : [leftOut(way, missing, { graph, state: later.state, others: after })]
  })
}

interface Comparison {
  readonly graph: MachineGraph
  /** The state from which the other ways lead. */
  readonly state: number
  readonly others: readonly Way[]
}

function leftOut(way: Way, missing: readonly string[], { graph, state, others }: Comparison): MachineFinding {
  const nameOf = (one: number) => quoteName(graph.states[one]?.id ?? '')
  const found = `the way from ${nameOf(way.edge.from)} to ${nameOf(way.last.to)} without ${listNames(missing)}`
  return {
    code: 'compensation.missing',
    path: targetPath(isAtBeginning(way, missing, others) ? way.edge : way.last),
    found: `${found}, which the way there from ${nameOf(state)} sends`,
    expected: 'every command that undoes something done before',
  }
}
