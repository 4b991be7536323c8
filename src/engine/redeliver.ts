import { isCancelled, isCancelledSaga, isGone, revivedDebt } from './dead-letters.ts'
import type { DeadCommand, DeadEvent, Debt, Instant, Saga } from './saga.ts'

/** Scope and circumstances of a redelivery. */
export interface RedeliverRules {
  readonly now: Instant
  /** Commands of this channel alone; absent: of all channels, and events too. */
  readonly channel?: string | undefined
  /** Commands that an operator cancelled are sent too. Default: they are skipped. */
  readonly cancelled?: boolean | undefined
  /** True if a process sends the debt, or holds it to send it: a second send would act twice (P12). */
  readonly isUnderWay: (debt: Debt) => boolean
}

/** The parts of a saga that are sent or offered again (P15, P25). */
export interface RedeliverPlan {
  /** Owed, and in a backoff or free. */
  readonly owed: readonly Debt[]
  /** Owed, and left to the process that sends them. */
  readonly underWay: readonly Debt[]
  /** Dead letters as debts, due now. */
  readonly revived: readonly Debt[]
  /** Dead letters whose hook must run again before they can be owed (P5). */
  readonly hookFailed: readonly DeadCommand[]
  /** Dead letters whose message was not kept: they cannot be sent. */
  readonly gone: readonly DeadCommand[]
  /** Dead letters of events, to be offered to the state again (P10). */
  readonly events: readonly DeadEvent[]
  /** Dead letters that an operator cancelled, and earlier ones of a saga that one cancelled: they stay. */
  readonly skipped: readonly DeadCommand[]
}

/** Everything owed or dead of a saga; with a channel only its commands. */
export function redeliverPlan(saga: Saga, rules: RedeliverRules): RedeliverPlan {
  const { now, channel, cancelled = false, isUnderWay } = rules
  const isMeant = (one: { readonly channel: string }) => channel === undefined || one.channel === channel
  const meant = saga.deadLetters.filter((letter) => letter.kind === undefined).filter(isMeant)
  const isEnded = isCancelledSaga(saga)
  const skipped = cancelled ? [] : meant.filter((letter) => isEnded || isCancelled(letter))
  const sent = meant.filter((letter) => !skipped.includes(letter))
  const letters = sent.filter((letter) => !isGone(saga, letter))
  const events = channel === undefined ? saga.deadLetters.filter((letter) => letter.kind === 'event') : []
  return {
    ...ofOutbox(saga.owed, isMeant, isUnderWay),
    revived: letters.filter(({ hookFailed }) => !hookFailed).map((letter) => revivedDebt(letter, now)),
    hookFailed: letters.filter(({ hookFailed }) => hookFailed),
    gone: sent.filter((letter) => isGone(saga, letter)),
    events,
    skipped,
  }
}

/** True if there is nothing to send or to offer. */
export function isEmptyPlan({ owed, revived, hookFailed, events }: RedeliverPlan): boolean {
  return owed.length + revived.length + hookFailed.length + events.length === 0
}

/** A first attempt does not overtake an earlier one that waits, such as that of another channel (P13). */
function ofOutbox(
  outbox: readonly Debt[],
  isMeant: (debt: Debt) => boolean,
  isUnderWay: (debt: Debt) => boolean,
): Pick<RedeliverPlan, 'owed' | 'underWay'> {
  const [owed, underWay]: [Debt[], Debt[]] = [[], []]
  let isBehind = false
  for (const debt of outbox) {
    const isFirst = debt.tried !== true
    if (isUnderWay(debt)) {
      if (isMeant(debt)) underWay.push(debt)
    } else if (!isMeant(debt)) isBehind ||= isFirst
    else if (!(isFirst && isBehind)) owed.push(debt)
  }
  return { owed, underWay }
}
