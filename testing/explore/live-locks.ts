import { stronglyConnectedComponents } from '../../src/machine/strongly-connected-components.ts'
import { leadingTo } from './backward.ts'
import type { LiveLock } from './exploration.ts'
import type { ExploredSituation } from './explored-situation.ts'
import type { ExploredWorld } from './explored-world.ts'
import { movesOf } from './moves/moves-of.ts'
import { isBetter } from './situation-graph.ts'
import type { SituationGraph, SituationNode } from './situation-graph.ts'
import { firstSituation } from './take-event.ts'
import { stepOf, traceTo } from './trace.ts'
import type { ExploredStep } from './trace.ts'

/** Situations that lead to one another alone, unless something goes wrong. */
export interface EndlessRound {
  readonly nodes: ReadonlySet<SituationNode>
  /** The one that is reached best. */
  readonly entry: SituationNode
}

/**
 * Rounds without a way to rest: to the end of the saga, or to where it stands still. A situation beyond the bound may lead anywhere, so it
 * counts as a way out.
 */
export function endlessRounds(
  graph: SituationGraph,
  isAtRest: (node: SituationNode) => boolean,
): readonly EndlessRound[] {
  const hasWayOut = leadingTo(graph, (node) => isAtRest(node) || graph.isCutAfter(node))
  const locked = graph.nodes.filter(({ index }) => hasWayOut[index] === 0)
  const followers = followersOf(graph, locked)
  const next = (node: SituationNode) => followers.get(node) ?? []
  return stronglyConnectedComponents(locked, next)
    .map((members) => new Set(members))
    .filter((nodes) => [...nodes].every((node) => next(node).every((one) => nodes.has(one))))
    .map((nodes) => ({ nodes, entry: [...nodes].reduce((best, one) => (isBetter(one.way, best.way) ? one : best)) }))
}

/** No move without a fault leads from a locked situation to one that is not. */
function followersOf({ nodes, freeMoves: [from, to] }: SituationGraph, locked: readonly SituationNode[]) {
  const followers = new Map<SituationNode, SituationNode[]>(locked.map((node) => [node, []]))
  if (locked.length === 0) return followers
  for (const [move, source] of from.entries()) {
    const target = nodes[to[move] ?? -1]
    if (target !== undefined) followers.get(nodes[source] as SituationNode)?.push(target)
  }
  return followers
}

/** The rounds in words, one for each set of states. */
export function liveLocksOf(
  world: ExploredWorld,
  graph: SituationGraph,
  rounds: readonly EndlessRound[],
): readonly LiveLock[] {
  const best = new Map<string, EndlessRound>()
  for (const round of rounds) {
    const states = statesOf(round).join('\n')
    const known = best.get(states)
    if (known === undefined || isBetter(round.entry.way, known.entry.way)) best.set(states, round)
  }
  return Array.from(best.values(), (round) => ({
    states: statesOf(round),
    faults: round.entry.way.faults,
    trace: traceTo(round.entry),
    round: shortestRound(world, graph, round),
  }))
}

function statesOf({ nodes }: EndlessRound): readonly string[] {
  return [...new Set(Array.from(nodes, ({ state }) => state))].toSorted()
}

/** The situation of a node, made again by its best way. */
export function situationOf(world: ExploredWorld, graph: SituationGraph, node: SituationNode): ExploredSituation {
  const way = [node]
  for (let from = node.way.from; from !== undefined; from = from.way.from) way.push(from)
  return way
    .toReversed()
    .slice(1)
    .reduce((situation, to) => {
      const moves = movesOf({ world, situation, left: to.way.newFaults.length })
      const move = moves.find((one) => graph.nodeOf(one) === to)
      if (move === undefined) throw new TypeError(`explore a machine: no move leads to situation ${to.index} again`)
      return move.next
    }, firstSituation(world))
}

/** The shortest way from the entry of a round back to it. */
function shortestRound(world: ExploredWorld, graph: SituationGraph, { entry }: EndlessRound): readonly ExploredStep[] {
  const known = new Set<SituationNode>()
  const next = [{ situation: situationOf(world, graph, entry), steps: [] as readonly ExploredStep[] }]
  for (const { situation, steps } of next) {
    for (const move of movesOf({ world, situation, left: 0 })) {
      const to = graph.nodeOf(move)
      if (to === undefined || known.has(to)) continue
      known.add(to)
      const way = [...steps, stepOf(move.event, to.state, [])]
      if (to === entry) return way
      next.push({ situation: move.next, steps: way })
    }
  }
  return []
}
