import { evolve } from '../../../src/engine/evolve.ts'
import type { Debt, Saga } from '../../../src/engine/saga.ts'
import { commandIn } from '../explored-situation.ts'
import { NOW, SAGA_ID } from '../take-event.ts'
import type { ExploredMoment } from './explored-moment.ts'
import type { ExploredFault } from '../explored-fault.ts'
import type { ExploredMove } from './explored-move.ts'
import { reactions } from './reactions.ts'
import type { Reaction } from './reactions.ts'

/** The commands that the saga owes reach their participants. A first send does not overtake an earlier one for free (P13). */
export function sendMoves(moment: ExploredMoment): readonly ExploredMove[] {
  const { situation, left } = moment
  const { owed } = situation.saga
  return owed.flatMap((debt, index) => {
    const unstarted = debt.tried === true ? [] : owed.slice(0, index).filter(({ tried }) => tried !== true)
    if (unstarted.length > left) return []
    const before = { ...situation, saga: withTried(situation.saga, unstarted) }
    const overtaken = unstarted.map(() => 'overtaken' as const)
    const rest = { ...moment, situation: before, left: left - unstarted.length }
    return reactions(rest, commandIn(before, debt.id)).flatMap(({ faults, ...one }) =>
      sends({ ...one, faults: [...overtaken, ...faults] }, debt, left),
    )
  })
}

/** The service learns that the command was accepted, or does not, and sends it again. */
function sends({ next, how, answer, faults }: Reaction, debt: Debt, left: number): readonly ExploredMove[] {
  const event = { kind: 'accepted', label: debt.label, how, answer, isSideEffect: false } as const
  const settled: ExploredMove = {
    event: { ...event, isAcceptanceLost: false },
    next: { ...next, saga: withSettled(next.saga, debt) },
    faults,
  }
  if (faults.length >= left) return [settled]
  const isLost: readonly ExploredFault[] = [...faults, 'acceptance-lost']
  const saga = withTried(next.saga, [debt])
  return [settled, { event: { ...event, isAcceptanceLost: true }, next: { ...next, saga }, faults: isLost }]
}

/** True for a first send, and for one that a deadline has just begun anew: no send of it has ended without an acceptance since. */
export function isOnItsWay({ tried, claimed }: Debt): boolean {
  return tried !== true || claimed === true
}

/** A send that ended without an acceptance: later commands may start before it (P13). */
export function withTried(saga: Saga, debts: readonly Debt[]): Saga {
  if (debts.length === 0) return saga
  const tried = debts.map(({ id, attempts }) => ({ id, attempts, due: NOW, started: true }) as const)
  return evolve(saga, { sagaId: SAGA_ID, writeId: '', at: NOW, tried })
}

function withSettled(saga: Saga, { id, label, channel, since }: Debt): Saga {
  const isNewest = id.startsWith(`${SAGA_ID}/${saga.length - 1}/`)
  const deliveries = isNewest ? [{ id, label, channel, since, at: NOW, sends: 1 }] : undefined
  return evolve(saga, { sagaId: SAGA_ID, writeId: '', at: NOW, settled: [id], deliveries })
}
