import type { Attempt } from '../../engine/change.ts'
import type { Debt, Hold, Instant, Saga, Timer } from '../../engine/saga.ts'
import { timerOfBeginning } from '../../engine/release.ts'
import { holdDetails, idsOf, listed, refused, sendDetails, undelivered, withdrawCommands } from './operation-plan.ts'
import type { OperationPlan, OperationTask, OperatorParts } from './operation-plan.ts'

/**
 * A hold (P26). Commands that wait in this process are taken out of its queues, and are due at once when the hold ends; sends under
 * way end and settle. Another process may still send what it holds under a lease.
 */
export function planHold(parts: OperatorParts, { operation, loaded: { saga }, now }: OperationTask): OperationPlan {
  const { hold } = saga
  if (hold !== undefined && hold.until === undefined) {
    return refused(`the saga is held since ${new Date(hold.since).toISOString()}, expected one that is not held`)
  }
  if (saga.isFinal && isAtRest(parts, saga)) {
    return refused(`the saga is final in "${saga.state}" and owes nothing, expected one that has something to hold`)
  }
  const withdrawn = operation.dryRun === true ? [] : withdrawCommands(parts, saga.id)
  const waits = (debt: Debt) => withdrawn.includes(debt.id)
  const tried = saga.owed.filter(waits).map(({ id, attempts }): Attempt => ({ id, attempts, due: now }))
  const owed = undelivered(parts, saga)
  const underWay = owed.filter((debt) => !waits(debt) && parts.debtLeases.isUnderWay(debt))
  const next: Hold = hold === undefined ? { since: now } : { ...hold, until: undefined }
  return {
    kind: 'write',
    entry: { hold: next, ...(tried.length > 0 && { tried }) },
    details: {
      ...(hold !== undefined && holdDetails(hold)),
      ...listed('held', idsOf(owed.filter((debt) => !underWay.includes(debt)))),
      ...listed('underWay', idsOf(underWay)),
    },
  }
}

/** Nothing will happen to a final saga that owes nothing, unless its state lists events (C4.5). */
function isAtRest(parts: OperatorParts, saga: Saga): boolean {
  const { size = 0 } = parts.machine.states.get(saga.state)?.transitions ?? {}
  return size === 0 && undelivered(parts, saga).length === 0
}

/** The end of a hold: everything owed is sent, in its order (P13, P26). */
export function planRelease(parts: OperatorParts, { loaded: { saga }, now }: OperationTask): OperationPlan {
  const { hold } = saga
  if (hold === undefined) return refused('the saga is not held, expected one that is held')
  const { debtLeases, machine } = parts
  const owed = undelivered(parts, saga)
  // A saga that has not begun has sent nothing: the lease of its command is that of its write alone.
  const free = hold.isBeginning ? owed : owed.filter((debt) => !debtLeases.isUnderWay(debt))
  const underWay = owed.filter((debt) => !free.includes(debt))
  const changed = timerOfBeginning(machine, saga, now) ?? lateTimer(saga, now)
  const timer = changed ?? saga.timer
  return {
    kind: 'write',
    entry: {
      hold: null,
      timer: changed,
      ...debtLeases.leaseNow(free, []),
    },
    details: {
      ...holdDetails(hold),
      ...sendDetails(parts, free),
      ...listed('underWay', idsOf(underWay)),
      ...listed(
        'offered',
        saga.parked.map(({ event }) => event.id),
      ),
      ...(timer !== undefined && { deadline: new Date(timer.deadline).toISOString() }),
    },
    send: free,
  }
}

/** A deadline that passed during the hold is due now: the sweep looks for what has become due, and seldom behind that (P18). */
function lateTimer({ timer }: Saga, now: Instant): Timer | undefined {
  return timer !== undefined && timer.deadline < now ? { ...timer, deadline: now } : undefined
}
