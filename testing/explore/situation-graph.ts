import type { ExploredSituation } from './explored-situation.ts'
import type { ExploredFault } from './explored-fault.ts'
import type { ExploredMove, MoveEvent } from './moves/explored-move.ts'
import { SituationKeys } from './situation-keys.ts'
import { withoutForgotten } from './take-event.ts'

/** A situation that was found, and the best way to it so far: with the fewest faults, and of those the shortest. */
export interface SituationNode {
  readonly index: number
  /** State of the saga. */
  readonly state: string
  readonly isFinal: boolean
  /** Dropped by whoever has looked at it: 200,000 of them would take hundreds of megabytes. */
  situation: ExploredSituation | undefined
  way: SituationWay
}

/** The last move of a way, with what came before. */
export interface SituationWay {
  readonly from: SituationNode | undefined
  readonly event: MoveEvent
  /** Of the last move. */
  readonly newFaults: readonly ExploredFault[]
  /** Of the whole way. */
  readonly faults: number
  readonly steps: number
}

/** Bounds of an exploration. */
export interface GraphBounds {
  /** Most faults of a way. */
  readonly faults: number
  /** Most situations. */
  readonly most: number
}

/**
 * The situations that are found so far. They are taken by faults, then by steps, so that the way to a situation is the best one once it is
 * taken; and whatever follows a worse way to it follows the best one, with more faults left.
 */
export class SituationGraph {
  readonly nodes: SituationNode[] = []
  /** Moves without a fault, as pairs of indexes. */
  readonly freeMoves: readonly [from: number[], to: number[]] = [[], []]
  readonly #bounds: GraphBounds
  readonly #keys = new SituationKeys()
  readonly #known = new Map<string, SituationNode>()
  /** By faults, then by steps. A node may be in several places; it is taken from the first one. */
  readonly #waiting: SituationNode[][][] = []
  readonly #taken = new Set<SituationNode>()
  readonly #cut = new Set<SituationNode | undefined>()

  constructor(bounds: GraphBounds) {
    this.#bounds = bounds
  }

  /** Adds the result of a move, unless it has too many faults. */
  find(from: SituationNode | undefined, { event, next, faults: newFaults }: ExploredMove): void {
    const faults = (from?.way.faults ?? 0) + newFaults.length
    if (faults > this.#bounds.faults) return
    const way = { from, event, newFaults, faults, steps: (from?.way.steps ?? -1) + 1 }
    const node = this.#nodeAt(withoutForgotten(next), way)
    if (node === undefined) this.#cut.add(from)
    if (node === undefined || from === undefined || newFaults.length > 0) return
    this.freeMoves[0].push(from.index)
    this.freeMoves[1].push(node.index)
  }

  /** The next situation, in the order of its best way; each once. */
  take(): SituationNode | undefined {
    for (const byFaults of this.#waiting) {
      for (const bySteps of byFaults ?? []) {
        for (let node = bySteps?.pop(); node !== undefined; node = bySteps.pop()) {
          if (this.#taken.has(node)) continue
          this.#taken.add(node)
          return node
        }
      }
    }
    return undefined
  }

  /** Most faults of a move from a node. */
  faultsLeft({ way }: SituationNode): number {
    return this.#bounds.faults - way.faults
  }

  /** The node of the result of a move, if it was found. */
  nodeOf({ next }: ExploredMove): SituationNode | undefined {
    return this.#known.get(this.#keys.of(withoutForgotten(next)))
  }

  /** True if all moves from all nodes are in the graph, once no node is left to be taken. */
  get isWhole(): boolean {
    return this.#cut.size === 0
  }

  /** True if a move from the node led beyond the most situations. */
  isCutAfter(node: SituationNode): boolean {
    return this.#cut.has(node)
  }

  #nodeAt(situation: ExploredSituation, way: SituationWay): SituationNode | undefined {
    const key = this.#keys.of(situation)
    const known = this.#known.get(key)
    if (known !== undefined) {
      if (isBetter(way, known.way) && !this.#taken.has(known)) this.#wait(known, way)
      return known
    }
    if (this.nodes.length >= this.#bounds.most) return undefined
    const { state, isFinal } = situation.saga
    const node = { index: this.nodes.length, state, isFinal, situation, way }
    this.nodes.push(node)
    this.#known.set(key, node)
    this.#wait(node, way)
    return node
  }

  #wait(node: SituationNode, way: SituationWay): void {
    node.way = way
    const byFaults = (this.#waiting[way.faults] ??= [])
    const bySteps = (byFaults[way.steps] ??= [])
    bySteps.push(node)
  }
}

/** True for fewer faults, or as many and fewer steps. */
export function isBetter(
  one: Pick<SituationWay, 'faults' | 'steps'>,
  other: Pick<SituationWay, 'faults' | 'steps'>,
): boolean {
  return one.faults === other.faults ? one.steps < other.steps : one.faults < other.faults
}
