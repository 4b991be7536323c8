import type { Machine } from '../machine/compile.ts'
import type { Change } from './change.ts'
import { newlyDue } from './offer.ts'
import type { Command, Instant, Saga } from './saga.ts'

/** The write that ends a hold: what the saga owes is due at `now`, and so is the parked event that its state lists (P26). */
export function released(machine: Machine, saga: Saga, now: Instant): Pick<Change, 'hold' | 'tried' | 'parked'> {
  const { owed, parked, state } = saga
  return {
    hold: null,
    tried: owed.length === 0 ? undefined : owed.map(({ id, attempts }) => ({ id, attempts, due: now })),
    parked: newlyDue(machine, parked, { state, due: now }),
  }
}

/** True where the hold of a saga ends by itself, and its time has come. */
export function isHoldOver({ hold }: Saga, now: Instant): boolean {
  return hold?.until !== undefined && hold.until <= now
}

/** The side effects that waited for the beginning of a saga, to be sent once after the write that ends its hold. */
export function delayedSideEffects(saga: Saga): readonly Command[] {
  const { hold, id: sagaId, metadata } = saga
  return (hold?.sideEffects ?? []).map((one) => ({ ...one, sagaId, payload: one.body === undefined ? metadata : {} }))
}
