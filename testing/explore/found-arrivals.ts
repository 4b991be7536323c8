import type { UnexpectedArrival } from './exploration.ts'
import type { ExploredSituation } from './explored-situation.ts'
import type { ExploredMove } from './moves/explored-move.ts'
import { isBetter } from './situation-graph.ts'
import type { SituationNode } from './situation-graph.ts'
import { stepOf, traceTo } from './trace.ts'

/** The last move to an arrival, or none where it is the situation itself. */
interface ArrivalWay {
  readonly node: SituationNode
  readonly move?: ExploredMove | undefined
  readonly faults: number
  readonly steps: number
}

type ArrivalPlace = Pick<UnexpectedArrival, 'event' | 'state' | 'isFinal' | 'treatment'>

/** Events that arrive where they are not taken: the best way to each event in each state, by what becomes of it. */
export class FoundArrivals {
  readonly #found = new Map<string, { readonly arrival: ArrivalPlace; readonly way: ArrivalWay }>()

  /** Looks at one move that is within the bounds. */
  look(node: SituationNode, move: ExploredMove): void {
    const { event } = move
    if (event.kind !== 'arrived' || event.treatment === 'moved' || event.treatment === 'repeated') return
    const { state, isFinal, way } = node
    const last = { faults: way.faults + move.faults.length, steps: way.steps + 1 }
    this.#keep({ event: event.event, state, isFinal, treatment: event.treatment }, { node, move, ...last })
  }

  /** Looks at a saga that stands still: what it has parked becomes dead letters once its time is over (P10). */
  lookAtStill(node: SituationNode, { saga }: ExploredSituation): void {
    const { state, isFinal, way } = node
    const { faults, steps } = way
    for (const { event } of saga.parked)
      this.#keep({ event: event.label, state, isFinal, treatment: 'dead-lettered' }, { node, faults, steps })
  }

  all(): readonly UnexpectedArrival[] {
    return Array.from(this.#found.values(), ({ arrival, way: { node, move, faults } }) => ({
      ...arrival,
      faults,
      trace: move === undefined ? traceTo(node) : [...traceTo(node), stepOf(move.event, node.state, move.faults)],
    }))
  }

  #keep(arrival: ArrivalPlace, way: ArrivalWay): void {
    const key = JSON.stringify([arrival.event, arrival.state, arrival.treatment])
    const known = this.#found.get(key)
    if (known === undefined || isBetter(way, known.way)) this.#found.set(key, { arrival, way })
  }
}
