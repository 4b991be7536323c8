import type { ExploredSituation } from '../explored-situation.ts'
import type { ExploredWorld } from '../explored-world.ts'

/** A situation of which all moves are asked for. */
export interface ExploredMoment {
  readonly world: ExploredWorld
  readonly situation: ExploredSituation
  /** Most faults of one move. A move with more need not be made. */
  readonly left: number
}
