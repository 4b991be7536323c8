import { arrivalMoves } from './arrival-moves.ts'
import { deadlineMoves } from './deadline-moves.ts'
import type { ExploredMoment } from './explored-moment.ts'
import type { ExploredMove } from './explored-move.ts'
import { clientMoves, sideEffectMoves } from './other-senders.ts'
import { sendMoves } from './send-moves.ts'

/** All that can happen next, with the faults that are left. */
export function movesOf(moment: ExploredMoment): readonly ExploredMove[] {
  const moves = [
    ...sendMoves(moment),
    ...sideEffectMoves(moment),
    ...clientMoves(moment),
    ...arrivalMoves(moment),
    ...deadlineMoves(moment),
  ]
  const { without } = moment.world
  return moves.filter(({ faults }) => faults.length <= moment.left && !faults.some((fault) => without.has(fault)))
}
