import { decide } from '../../engine/decide.ts'
import { whyUnmoved } from '../events/why-unmoved.ts'
import { hookedStep } from './hooked-step.ts'
import { idsOf, listed, refused, sendDetails, undelivered } from './operation-plan.ts'
import type { OperationPlan, OperationTask, OperatorParts } from './operation-plan.ts'
import type { ActionOf } from './saga-operation.ts'

/**
 * An event that an operator sends in place of a participant (P25): the same check, merge and transition as for an event that arrives,
 * so its step has no mark (I3). Its id is that of the operation. The saga must be able to take it now: it is never parked.
 */
export async function planEvent(
  parts: OperatorParts,
  { operation, loaded, now }: OperationTask,
  { label, payload }: ActionOf<'send-event'>,
): Promise<OperationPlan> {
  const { saga } = loaded
  const event = { id: operation.id, sagaId: saga.id, label, payload }
  const decision = decide(parts.machine, { saga, event, now })
  if (decision.kind !== 'moved') return refused(whyUnmoved(decision, label))
  const made = await hookedStep(parts, loaded, decision.step)
  if (made === undefined) return { kind: 'outdated' }
  return {
    kind: 'write',
    entry: made,
    details: {
      event: label,
      from: saga.state,
      to: made.step.state.id,
      ...sendDetails(parts, made.step.owes),
      ...listed('stillOwed', idsOf(undelivered(parts, saga))),
    },
  }
}
