import type { ExploredFault } from './explored-fault.ts'
import type { MoveEvent } from './moves/explored-move.ts'
import { moveText } from './moves/move-text.ts'
import type { SituationNode } from './situation-graph.ts'

/** One step of the way to a finding. */
export interface ExploredStep {
  /** What happens, in words. */
  readonly text: string
  /** State of the saga after it. */
  readonly state: string
  /** What goes wrong in it. */
  readonly faults: readonly ExploredFault[]
}

/** A step of this move. */
export function stepOf(event: MoveEvent, state: string, faults: readonly ExploredFault[]): ExploredStep {
  return { text: moveText(event, state), state, faults }
}

/** The best way to a situation, from the creation of the saga on; with `after`, only what follows that situation. */
export function traceTo(node: SituationNode, after?: SituationNode): readonly ExploredStep[] {
  const steps: ExploredStep[] = []
  for (let at: SituationNode | undefined = node; at !== undefined && at !== after; at = at.way.from)
    steps.push(stepOf(at.way.event, at.state, at.way.newFaults))
  return steps.toReversed()
}
