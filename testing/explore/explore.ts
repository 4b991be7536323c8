import type { Machine } from '../../src/machine/compile.ts'
import type { BrokenProperty, PathEnd } from '../properties/judge.ts'
import type { BreakingPath, Exploration, StandStill } from './exploration.ts'
import type { ExploredSituation } from './explored-situation.ts'
import { ExploredWorld } from './explored-world.ts'
import type { WorldOptions } from './explored-world.ts'
import { FoundArrivals } from './found-arrivals.ts'
import { endlessRounds, liveLocksOf, situationOf } from './live-locks.ts'
import { movesOf } from './moves/moves-of.ts'
import { isBetter, SituationGraph } from './situation-graph.ts'
import type { SituationNode } from './situation-graph.ts'
import { firstSituation } from './take-event.ts'
import { traceTo } from './trace.ts'

/** Options of `explore`. */
export interface ExplorationOptions extends WorldOptions {
  /** Most faults of one path. Default: 2. */
  readonly faults?: number | undefined
  /** Most situations; beyond it the exploration is not whole. Default: 200,000. */
  readonly most?: number | undefined
}

/**
 * Explores all that can happen to one saga of a machine, in every order, with some faults: what the engine makes of events, deadlines and
 * resends, and what participants, clients and the network around it may do. Time is not measured: a deadline may fire whenever it stands.
 * Of each finding it has the way with the fewest faults, and of those one of the shortest.
 */
export function explore(machine: Machine, options: ExplorationOptions = {}): Exploration {
  const bounds = { faults: options.faults ?? 2, most: options.most ?? 200_000 }
  return new MachineExploration(new ExploredWorld(machine, options), bounds).run()
}

class MachineExploration {
  readonly #world: ExploredWorld
  readonly #graph: SituationGraph
  readonly #faults: number
  readonly #rest = new Set<SituationNode>()
  readonly #stills = new Map<string, SituationNode>()
  readonly #arrivals = new FoundArrivals()
  readonly #broken = new Map<string, { readonly property: BrokenProperty; readonly node: SituationNode }>()

  constructor(world: ExploredWorld, bounds: { readonly faults: number; readonly most: number }) {
    this.#world = world
    this.#graph = new SituationGraph(bounds)
    this.#faults = bounds.faults
  }

  run(): Exploration {
    const graph = this.#graph
    graph.find(undefined, { event: { kind: 'created' }, next: firstSituation(this.#world), faults: [] })
    for (let node = graph.take(); node !== undefined; node = graph.take()) this.#lookAt(node)
    const rounds = endlessRounds(graph, (node) => this.#rest.has(node))
    for (const { entry } of rounds)
      this.#judge(entry, situationOf(this.#world, graph, entry), { isFinal: false, standsStill: true })
    return {
      isWhole: graph.isWhole,
      situations: graph.nodes.length,
      faults: this.#faults,
      neverReached: this.#neverReached(),
      standStills: Array.from(this.#stills.values(), standStillOf),
      liveLocks: liveLocksOf(this.#world, graph, rounds),
      unexpected: this.#arrivals.all(),
      broken: this.#brokenPaths(),
    }
  }

  #lookAt(node: SituationNode): void {
    const { situation } = node
    if (situation === undefined) return
    const graph = this.#graph
    const moves = movesOf({ world: this.#world, situation, left: graph.faultsLeft(node) })
    for (const move of moves) {
      graph.find(node, move)
      this.#arrivals.look(node, move)
    }
    const isFinal = isOver(situation)
    const standsStill = !isFinal && moves.every(({ faults }) => faults.length > 0)
    if (isFinal || standsStill) this.#rest.add(node)
    if (standsStill) {
      this.#arrivals.lookAtStill(node, situation)
      if (!this.#stills.has(node.state)) this.#stills.set(node.state, node)
    }
    this.#judge(node, situation, { isFinal, standsStill })
    node.situation = undefined
  }

  #judge(node: SituationNode, { tally }: ExploredSituation, end: PathEnd): void {
    for (const property of this.#world.judge.judgeTally(tally, end)) {
      const key = `${property.rule} ${property.index}`
      const known = this.#broken.get(key)
      if (known === undefined || isBetter(node.way, known.node.way)) this.#broken.set(key, { property, node })
    }
  }

  #neverReached(): readonly string[] {
    const reached = new Set(this.#graph.nodes.map(({ state }) => state))
    return [...this.#world.machine.states.keys()].filter((state) => !reached.has(state))
  }

  #brokenPaths(): readonly BreakingPath[] {
    const found = [...this.#broken.values()].toSorted((one, other) => one.property.index - other.property.index)
    return found.map(({ property, node }) => ({ property, faults: node.way.faults, trace: traceTo(node) }))
  }
}

/** The saga has ended: its state is final, and nothing of it is under way. */
function isOver({ saga, commands, events }: ExploredSituation): boolean {
  return saga.isFinal && saga.owed.length === 0 && events.length === 0 && !commands.some(({ isPending }) => isPending)
}

function standStillOf(node: SituationNode): StandStill {
  return { state: node.state, faults: node.way.faults, trace: traceTo(node) }
}
