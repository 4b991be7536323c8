import type { MachineFinding } from './machine-finding.ts'
import { quoteName, reachableStates, targetPath, type Edge, type MachineGraph } from './graph.ts'
import { isDecided, type Outcomes, type OutcomeSet } from './outcomes.ts'

/** The edges of one event that decide for one outcome, and all outcomes that were possible before. */
interface EventMeaning {
  readonly outcome: OutcomeSet
  readonly edges: readonly Edge[]
  readonly before: OutcomeSet
}

/**
 * Events that decide for one outcome in one state and for another outcome in another state, although both outcomes were possible
 * in both. The same label with other targets is no finding: machines with compensation reuse labels.
 */
export function eventFindings(graph: MachineGraph, outcomes: Outcomes): readonly MachineFinding[] {
  const edges = reachableStates(graph).flatMap((state) => graph.leaving[state] ?? [])
  const byEvent = Map.groupBy(edges, ({ transition }) => transition.inputEvent)
  return [...byEvent].flatMap(([event, ofEvent]) => {
    const pair = contradiction(decisionsOf(ofEvent, outcomes))
    return pair === undefined ? [] : [contradictory(event, pair, graph)]
  })
}

function decisionsOf(edges: readonly Edge[], { ahead }: Outcomes): readonly EventMeaning[] {
  const deciding = edges.filter(({ from, to }) => isDecided(ahead[to] ?? 0n) && ahead[from] !== ahead[to])
  return [...Map.groupBy(deciding, ({ to }) => ahead[to] ?? 0n)].map(([outcome, own]) => ({
    outcome,
    edges: own,
    before: own.reduce((set, { from }) => set | (ahead[from] ?? 0n), 0n),
  }))
}

/** The first two decisions of which each was against the outcome of the other. */
function contradiction(decisions: readonly EventMeaning[]): readonly [EventMeaning, EventMeaning] | undefined {
  for (const [at, one] of decisions.entries()) {
    const other = decisions
      .slice(at + 1)
      .find(({ outcome, before }) => (one.before & outcome) !== 0n && (before & one.outcome) !== 0n)
    if (other !== undefined) return [one, other]
  }
  return undefined
}

/** The rarer meaning is the suspicious one; of two equally rare ones, the later. */
function contradictory(
  event: string,
  [one, other]: readonly [EventMeaning, EventMeaning],
  graph: MachineGraph,
): MachineFinding {
  const [usual, rare] = one.edges.length < other.edges.length ? [other, one] : [one, other]
  const [edge, counterpart] = [rare.edges[0], usual.edges[0]]
  if (edge === undefined || counterpart === undefined) throw new TypeError('a decision has an edge')
  const nameOf = (state: number) => quoteName(graph.states[state]?.id ?? '')
  const there = `${nameOf(counterpart.to)} from state ${nameOf(counterpart.from)}`
  return {
    code: 'event.contradictory',
    path: targetPath(edge),
    found: `${nameOf(edge.to)} by the event ${quoteName(event)}, which leads to ${there}`,
    expected: 'one meaning of an event in all states',
  }
}
