import { immediateDominators } from './dominators.ts'
import { labelsOf, reachableStates, type Edge, type MachineGraph } from './graph.ts'
import { isDecided, type Outcomes } from './outcomes.ts'

/** A state that sagas pass for certain, with what it sends. */
interface Passage {
  readonly state: number
  readonly labels: readonly string[]
}

/** An exit with all that sagas pass for certain between it and their end. */
export interface Way {
  readonly edge: Edge
  readonly passages: readonly Passage[]
  /** False if the way is longer than what is followed. */
  readonly isWhole: boolean
  /** The last transition of the way. */
  readonly last: Edge
}

/** For each decided state, the state that sagas pass next for certain; the root, behind all final states, is their number. */
export function decidedChains(graph: MachineGraph, { ahead }: Outcomes): readonly number[] | undefined {
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

/** The graph that `wayFrom` follows, and the chains in it. */
export interface WaySearch {
  readonly graph: MachineGraph
  /** Of `decidedChains`. */
  readonly chains: readonly number[]
}

/** Longer ways are compared as far as they are followed. */
const LONGEST_WAY = 64

/** The way behind an exit. */
export function wayFrom(edge: Edge, { graph, chains }: WaySearch): Way {
  const passages: Passage[] = []
  let [last, state] = [edge, edge.to]
  while (passages.length < LONGEST_WAY && state >= 0 && state < graph.states.length) {
    const definition = graph.states[state]
    // a command of a final state undoes nothing that is waited for, such as a notification
    passages.push({ state, labels: definition?.isFinal === true ? [] : labelsOf(definition) })
    const next = chains[state] ?? -1
    last = (graph.leaving[state] ?? []).find(({ to }) => to === next) ?? last
    state = next
  }
  return { edge, passages, isWhole: state < 0 || state >= graph.states.length, last }
}

/** Labels that all these ways send and one way does not, in the order of the first. Where ways have met, they send the same. */
export function lackedBy(way: Way, [first, ...others]: readonly Way[]): readonly string[] {
  if (first === undefined) return []
  const passed = new Set(way.passages.map(({ state }) => state))
  const meeting = first.passages.findIndex(({ state }) => passed.has(state))
  if (meeting === -1 && !(way.isWhole && first.isWhole)) return []
  const apart = meeting === -1 ? first.passages : first.passages.slice(0, meeting)
  return [...labelsIn(apart)].filter((label) => !sends(way, label) && others.every((other) => sends(other, label)))
}

function sends({ passages }: Way, wanted: string): boolean {
  return passages.some(({ labels }) => labels.includes(wanted))
}

function labelsIn(passages: readonly Passage[]): ReadonlySet<string> {
  return new Set(passages.flatMap(({ labels }) => labels))
}

/** True if the missing commands come before one that both ways send. Otherwise they are missing at the end of the way. */
export function isAtBeginning({ passages }: Way, missing: readonly string[], [first]: readonly Way[]): boolean {
  const [own, order] = [labelsIn(passages), [...labelsIn(first?.passages ?? [])]]
  return order.findLastIndex((label) => own.has(label)) > order.indexOf(missing[0] ?? '')
}
