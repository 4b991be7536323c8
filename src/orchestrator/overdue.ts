import { deadCommand } from '../engine/evolve.ts'
import type { DeadCommand, Debt, Instant, Saga } from '../engine/saga.ts'
import type { Channel } from '../ports/channel.ts'
import { whyGivenUp } from './given-up.ts'
import { isOver } from './send-rules.ts'

/** The rules by which commands are too old for another send. */
export interface OverdueRules {
  readonly channels: ReadonlyMap<string, Pick<Channel, 'retry'>>
  readonly now: Instant
  /** True if no process sends the debt now. */
  readonly isIdle: (debt: Debt) => boolean
}

/**
 * Commands that are given up without a further send, whatever the capacity of their channel: `giveUpAfter` has passed (P15). One that
 * was never sent is sent once first, such as after an outage of this service.
 */
export function overdueOf(owed: readonly Debt[], { channels, now, isIdle }: OverdueRules): readonly Debt[] {
  const isOverdue = (debt: Debt) =>
    debt.tried === true && isOver({ since: debt.since, now }, channels.get(debt.channel)?.retry) && isIdle(debt)
  return owed.some(isOverdue) ? owed.filter(isOverdue) : NONE
}

const NONE: readonly never[] = Object.freeze([])

/** The dead letters of these debts; `undefined` where there are none. */
export function overdueLetters(
  saga: Saga,
  overdue: readonly Debt[],
  { channels, now }: Pick<OverdueRules, 'channels' | 'now'>,
): readonly DeadCommand[] | undefined {
  if (overdue.length === 0) return undefined
  return overdue.map((debt) => {
    const { attempts, last, channel } = debt
    const reason = last?.status === undefined ? (last?.answer ?? 'no answer') : `status ${last.status}`
    const why = whyGivenUp(reason, channels.get(channel)?.retry)
    return deadCommand(saga, debt, { why, since: now, attempts, last })
  })
}
