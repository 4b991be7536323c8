import { enteringStepOf, isUncounted } from '../../engine/resend.ts'
import type { Debt, Delivery, Instant, Saga } from '../../engine/saga.ts'
import type { SettledCommand } from '../observability/saga-log.ts'

/** A command that its participant has accepted, and that the store still lists as owed. */
export interface AcceptedCommand extends SettledCommand {
  readonly at: Instant
  /** Of the debt; absent where it is not known. */
  readonly since: Instant | undefined
}

/** The delivery of a debt. One that was put back into the outbox, here or by another process, is to be sent again (P3). */
export function deliveryIn(
  delivered: readonly AcceptedCommand[],
  { id, since }: Pick<Debt, 'id' | 'since'>,
): AcceptedCommand | undefined {
  for (const one of delivered) if (one.id === id && (one.since === undefined || one.since === since)) return one
  return undefined
}

/** Of the commands of the current state alone: a resend makes their bytes of the head's metadata (P18, P25). */
export function deliveriesOf(saga: Saga, delivered: readonly AcceptedCommand[]): readonly Delivery[] | undefined {
  const deliveries = saga.owed.flatMap((debt) => {
    const at = isOfState(saga, debt) ? deliveryIn(delivered, debt)?.at : undefined
    return at === undefined ? [] : [deliveryOf(debt, at)]
  })
  return deliveries.length === 0 ? undefined : deliveries
}

/** Of the step that entered the state: by its number, or by its instant where steps have followed that cannot be counted. */
function isOfState(saga: Saga, debt: Debt): boolean {
  const { id, length, enteredAt, owed } = saga
  const isOf = (step: number) => debt.id.startsWith(`${id}/${step}/`)
  return (
    isOf(length - 1) ||
    isOf(enteringStepOf(saga)) ||
    (isUncounted(saga) && debt.since === enteredAt && debt === owed.at(-1))
  )
}

function deliveryOf({ id, label, channel, since, sends = 0, trace, headers, body }: Debt, at: Instant): Delivery {
  return { id, label, channel, since, at, sends: sends + 1, trace, headers, body }
}
