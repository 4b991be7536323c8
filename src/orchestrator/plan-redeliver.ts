import { isEmptyPlan, redeliverPlan } from '../engine/redeliver.ts'
import { idsOf, listed, refused, undelivered } from './operation-plan.ts'
import type { OperationPlan, OperationTask, OperatorParts } from './operation-plan.ts'

/** Everything that a saga owes or has as a dead letter, sent now (P15); with a channel, only its commands. */
export function planRedeliver(
  parts: OperatorParts,
  { loaded: { saga }, now }: OperationTask,
  channel: string | undefined,
): OperationPlan {
  const { sender } = parts
  if (saga.hold !== undefined) return refused('the saga is held and sends nothing, expected a release first')
  const owed = undelivered(parts, saga)
  const plan = redeliverPlan({ ...saga, owed }, { now, channel, isUnderWay: (debt) => sender.isUnderWay(debt) })
  if (isEmptyPlan(plan)) return refused(nothingToSend(idsOf(plan.underWay), channel))
  return {
    kind: 'write',
    entry: sender.leaseNow(plan.owed, plan.revived),
    details: {
      ...listed('sent', idsOf([...plan.owed, ...plan.revived])),
      ...listed('underWay', idsOf(plan.underWay)),
    },
    send: [...plan.owed, ...plan.revived],
  }
}

function nothingToSend(underWay: readonly string[], channel: string | undefined): string {
  const of = channel === undefined ? '' : ` of the channel "${channel}"`
  if (underWay.length > 0)
    return `every command${of} that the saga owes is under way: ${underWay.slice(0, 5).join(', ')}`
  return `the saga owes no command${of} and has no dead letter${of}, expected one of them`
}
