import type { MachineFinding } from './machine-finding.ts'
import { immediateDominators } from './dominators.ts'
import { labelsOf, listNames, quoteName, reachableStates, targetPath, type Edge, type MachineGraph } from './graph.ts'
import { isDecided, type Outcomes, type OutcomeSet } from './outcomes.ts'

/** The transitions by which sagas in one state become decided for one outcome. */
interface Exits {
  readonly state: number
  readonly outcome: OutcomeSet
  readonly edges: readonly Edge[]
}

/** A state that sagas pass for certain, with what it sends. */
interface Passage {
  readonly state: number
  readonly labels: readonly string[]
}

/** An exit with all that sagas pass for certain between it and their end. */
interface Way {
  readonly edge: Edge
  readonly passages: readonly Passage[]
  /** False if the way is longer than what is followed. */
  readonly isWhole: boolean
  /** The last transition of the way. */
  readonly last: Edge
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

/** For each decided state, the state that sagas pass next for certain; the root, behind all final states, is their number. */
function decidedChains(graph: MachineGraph, { ahead }: Outcomes): readonly number[] | undefined {
  const { states, entering, isReachable } = graph
  const root = states.length
  const finals = reachableStates(graph).filter((state) => states[state]?.isFinal === true)
  const successors = (state: number): readonly number[] => {
    if (state === root) return finals
    return (entering[state] ?? [])
      .map(({ from }) => from)
      .filter((from) => isReachable[from] === true && ahead[from] === ahead[state] && isDecided(ahead[from] ?? 0n))
  }
  return immediateDominators({ root, size: root + 1, successors })
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
    const definition = graph.states[state]
    count += definition === undefined ? 0 : labelsOf(definition).length
  }
  return count
}

interface ExitPair {
  readonly earlier: Exits
  readonly later: Exits
  /** Commands between the two states. */
  readonly commands: number
}

interface ChainSearch {
  readonly graph: MachineGraph
  readonly chains: readonly number[]
}

function compareExits({ earlier, later, commands }: ExitPair, search: ChainSearch): readonly MachineFinding[] {
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

/** Longer ways are compared as far as they are followed. */
const LONGEST_WAY = 64

function wayFrom(edge: Edge, { graph, chains }: ChainSearch): Way {
  const passages: Passage[] = []
  let [last, state] = [edge, edge.to]
  while (passages.length < LONGEST_WAY && state >= 0 && state < graph.states.length) {
    const definition = graph.states[state]
    // a command of a final state undoes nothing that is waited for, such as a notification
    passages.push({ state, labels: definition === undefined || definition.isFinal ? [] : labelsOf(definition) })
    const next = chains[state] ?? -1
    last = (graph.leaving[state] ?? []).find(({ to }) => to === next) ?? last
    state = next
  }
  return { edge, passages, isWhole: state < 0 || state >= graph.states.length, last }
}

/** Labels that all these ways send and one way does not, in the order of the first. Where ways have met, they send the same. */
function lackedBy(way: Way, [first, ...others]: readonly Way[]): readonly string[] {
  if (first === undefined) return []
  const passed = new Set(way.passages.map(({ state }) => state))
  const meeting = first.passages.findIndex(({ state }) => passed.has(state))
  if (meeting === -1 && !(way.isWhole && first.isWhole)) return []
  const apart = meeting === -1 ? first.passages : first.passages.slice(0, meeting)
  const sent = [way.passages, ...others.map(({ passages }) => passages)].map(labelsIn)
  const [onWay = new Set(), ...onOthers] = sent
  return [...labelsIn(apart)].filter((label) => !onWay.has(label) && onOthers.every((labels) => labels.has(label)))
}

function labelsIn(passages: readonly Passage[]): ReadonlySet<string> {
  return new Set(passages.flatMap(({ labels }) => labels))
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

/** True if the missing commands come before one that both ways send. Otherwise they are missing at the end of the way. */
function isAtBeginning({ passages }: Way, missing: readonly string[], [first]: readonly Way[]): boolean {
  const [own, order] = [labelsIn(passages), [...labelsIn(first?.passages ?? [])]]
  return order.findLastIndex((label) => own.has(label)) > order.indexOf(missing[0] ?? '')
}
