import { deadCommand } from '../../engine/evolve.ts'
import type { DeadCommand, Debt, Duration, Instant, Saga } from '../../engine/saga.ts'
import type { Channel } from '../../ports/channel.ts'
import { whyGivenUp } from './given-up.ts'
import { countedFrom, isOver } from './send-rules.ts'

/** The rules by which commands are too old for another send. */
export interface OverdueRules {
  readonly channels: ReadonlyMap<string, Pick<Channel, 'retry'>>
  readonly now: Instant
  /** True if no process sends the debt now. */
  readonly isIdle: (debt: Debt) => boolean
  /** An operator has paused the channel: nothing is decided until it is resumed. */
  readonly isPaused: (channel: string) => boolean
  /** When the last pause of the channel ended; `undefined` without one. */
  readonly resumedAt: (channel: string) => Instant | undefined
  /** Milliseconds since the circuit of a channel opened (P28). */
  readonly silenceOf: (channel: string) => Duration
}

/**
 * Commands that are given up without a further send, whatever the capacity of their channel: `giveUpAfter` has passed (P15). One that
 * was never sent, such as after an outage of this service, or not since a pause of its channel, is sent once first, unless
 * the participant has been silent for all that time: an open circuit sends few.
 */
export function overdueOf(owed: readonly Debt[], rules: OverdueRules): readonly Debt[] {
  const isOverdue = (debt: Debt) => isPastItsEnd(debt, rules) && !rules.isPaused(debt.channel) && rules.isIdle(debt)
  return owed.some(isOverdue) ? owed.filter(isOverdue) : NONE
}

function isPastItsEnd(debt: Debt, { channels, now, resumedAt, silenceOf }: OverdueRules): boolean {
  const { tried, channel, last } = debt
  const retry = channels.get(channel)?.retry
  const resumed = resumedAt(channel)
  if (!isOver({ since: countedFrom(debt, resumed), now }, retry)) return false
  const isSent = tried === true && (resumed === undefined || (last?.at ?? resumed) >= resumed)
  return isSent || silenceOf(channel) >= (retry?.giveUpAfter ?? 0)
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
