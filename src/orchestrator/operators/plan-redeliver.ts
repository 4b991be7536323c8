import type { EarlierHistory } from '../../codec/hooked-saga.ts'
import type { Step } from '../../engine/change.ts'
import { isEmptyPlan, redeliverPlan } from '../../engine/redeliver.ts'
import type { RedeliverPlan } from '../../engine/redeliver.ts'
import type { DeadCommand, Debt, Hold, Saga } from '../../engine/saga.ts'
import { readEarlierHistory } from '../events/earlier-history.ts'
import { idsOf, listed, refused, revivedDetails, sendDetails, undelivered } from './operation-plan.ts'
import type { OperationPlan, OperationTask, OperatorParts } from './operation-plan.ts'
import { rerunHook } from './rerun-hook.ts'
import type { ActionOf } from './saga-operation.ts'

/**
 * Everything that a saga owes or has as a dead letter, sent now (P15); with a channel, only its commands. Those that an operator
 * cancelled, and all of a cancelled saga, are sent where the action says so.
 */
export async function planRedeliver(
  parts: OperatorParts,
  task: OperationTask,
  { channel, cancelled }: ActionOf<'redeliver'>,
): Promise<OperationPlan> {
  const { loaded, now } = task
  const { saga } = loaded
  if (saga.hold !== undefined) return refused(whyHeld(saga.hold))
  const rules = { now, channel, cancelled, isUnderWay: (debt: Debt) => parts.debtLeases.isUnderWay(debt) }
  const plan = redeliverPlan({ ...saga, owed: undelivered(parts, saga) }, rules)
  if (isEmptyPlan(plan)) return refused(nothingToSend(plan, channel))
  const history =
    plan.hookFailed.length === 0 ? NO_HISTORY : await readEarlierHistory(parts.persistency, { loaded, isFresh: true })
  if (history === undefined) return { kind: 'outdated' }
  const write = redeliverWrite(parts, task, { ...plan, history })
  const asked = { ...(channel !== undefined && { channel }), ...(cancelled === true && { cancelled }) }
  return write.kind === 'write' ? { ...write, details: { ...asked, ...write.details } } : write
}

/** The refusal of a send from a held saga (P26). */
export function whyHeld({ until }: Hold): string {
  const state =
    until === undefined ? 'is held and sends nothing' : `sends nothing before ${new Date(until).toISOString()}`
  return `the saga ${state}, expected a release first`
}
const NO_HISTORY = { states: [], events: [] } as const

/** The write that sends a plan: what it leases, and the hooks that ran again. */
export function redeliverWrite(
  parts: OperatorParts,
  { loaded: { saga }, now }: OperationTask,
  plan: RedeliverPlan & { readonly history: EarlierHistory },
): OperationPlan {
  const { owed, underWay, events, history, hookFailed, skipped, gone } = plan
  const [made, failed, hooked]: [Debt[], DeadCommand[], Step[]] = [[], [], []]
  for (const letter of hookFailed) {
    const rerun = rerunHook(parts, letter, { saga, history, now })
    if (rerun.kind === 'made') made.push(rerun.debt)
    else {
      failed.push(rerun.letter)
      if (rerun.hooked !== undefined) hooked.push(rerun.hooked)
    }
  }
  const revived = [...plan.revived, ...made]
  const [broken] = failed
  if (owed.length + revived.length + events.length === 0 && broken !== undefined) {
    return refused(`the command "${broken.id}" has no message: ${broken.why}`)
  }
  const send = [...owed, ...revived]
  const unknown = send.find(({ channel }) => !parts.relay.serves(channel))
  if (unknown !== undefined && events.length === 0 && send.every(({ channel }) => !parts.relay.serves(channel)))
    return refused(whyUnknown(unknown))
  return {
    kind: 'write',
    entry: {
      ...parts.debtLeases.leaseNow(owed, revived),
      // The letter of a hook that failed again has the new reason.
      ...(failed.length > 0 && { dropped: failed.map(({ kind, id, label }) => ({ kind, id, label })), dead: failed }),
    },
    details: {
      ...sendDetails(parts, send),
      ...listed('underWay', idsOf(underWay)),
      ...revivedDetails(lettersOf(saga, revived)),
      ...listed('hookFailed', idsOf(failed)),
      ...listed('gone', idsOf(gone)),
      ...listed('offered', idsOf(events)),
      ...listed('skipped', idsOf(skipped)),
      ...(skipped.length > 0 && { skippedWhy: SKIPPED_WHY }),
    },
    send,
    offer: events,
    hooked,
  }
}

/** The dead letters that these debts were. */
function lettersOf({ deadLetters }: Saga, revived: readonly Debt[]): readonly DeadCommand[] {
  return deadLetters.filter(
    (letter): letter is DeadCommand => letter.kind === undefined && revived.some(({ id }) => id === letter.id),
  )
}

function whyUnknown({ id, channel }: Debt): string {
  return `saga.json has no channel "${channel}" for the command "${id}", expected one that has it: then it is sent by itself`
}

/** For people: the reason why a redelivery leaves a dead letter alone, and the way to send it. */
const SKIPPED_WHY = 'an operator cancelled them, or their saga; "cancelled": true in the body sends them too'

function nothingToSend({ underWay, skipped, gone }: RedeliverPlan, channel: string | undefined): string {
  const of = channel === undefined ? '' : ` of the channel "${channel}"`
  const shown = (letters: readonly { readonly id: string }[]) => idsOf(letters).slice(0, 5).join(', ')
  if (gone.length > 0)
    return `the messages of these dead letters were not kept: ${shown(gone)}, expected a "resend", or a "move" with the command`
  if (underWay.length > 0) return `every command${of} that the saga owes is under way: ${shown(underWay)}`
  if (skipped.length > 0)
    return `every dead letter${of} was cancelled by an operator, expected "cancelled": true in the body to send: ${shown(skipped)}`
  return `the saga owes no command${of} and has no dead letter${of}, expected one of them`
}
