import type { Machine } from '../machine/compile.ts'
import type { Change, Step } from './change.ts'
import { isSameEvent } from './evolve.ts'
import { newlyDue, parkedBeside } from './offer.ts'
import type { Command, Duration, Hold, KeptSideEffect, Saga } from './saga.ts'

/** Time in which the turn of a step offers what is parked; after it the event is due for recovery (P10). */
export const OFFER_LEASE: Duration = 5_000

/**
 * The content of a write on a head, with its consequences for parked events and for side effects of a held saga (P10, P26). The same
 * object where there are none.
 */
export function completeEntry<Entry extends Omit<Change, 'sagaId' | 'writeId' | 'at'>>(
  machine: Machine,
  saga: Saga,
  entry: Entry,
): Entry {
  const { step } = entry
  const isHeld = saga.hold !== undefined
  if (step === undefined && entry.hold !== null && (isHeld || entry.unparked === undefined)) return entry
  if (saga.parked.length === 0 && !isHeld) return entry
  return {
    ...entry,
    ...(step !== undefined && parkedBeside(machine, saga, { step, lease: OFFER_LEASE })),
    ...(step === undefined && dueWithout(machine, saga, entry.unparked)),
    ...(isHeld && step !== undefined && entry.hold === undefined && heldBack(saga.hold, step)),
  }
}

/** Without a step an event comes due that a hold, or one that leaves now, has kept back: its turn may never come (P10). */
function dueWithout(machine: Machine, saga: Saga, gone: Change['unparked'] = []): Pick<Change, 'parked'> {
  const left = saga.parked.filter(({ event }) => !gone.some((one) => isSameEvent(one, event)))
  return { parked: newlyDue(machine, left, { state: saga.state, due: saga.updatedAt }) }
}

/** A held saga sends nothing: the command of a step by hand has no lease, and its side effects wait for the end of the hold. */
function heldBack(hold: Hold, step: Step): Pick<Change, 'step' | 'hold'> {
  const { owes, sideEffects, at } = step
  return {
    ...(owes.length > 0 && { step: { ...step, owes: owes.map((debt) => ({ ...debt, due: at })) } }),
    ...(sideEffects.length > 0 && {
      hold: { ...hold, sideEffects: [...(hold.sideEffects ?? []), ...sideEffects.map(keptSideEffect)] },
    }),
  }
}

/** A side effect as a hold keeps it. */
export function keptSideEffect({ id, label, channel, trace, headers, body }: Command): KeptSideEffect {
  return { id, label, channel, trace, headers, body }
}

/** The side effects that a hold has kept back, to be sent once after the write that ends it. */
export function keptSideEffects(saga: Saga): readonly Command[] {
  const { hold, id: sagaId, metadata } = saga
  return (hold?.sideEffects ?? []).map((one) => ({ ...one, sagaId, payload: one.body === undefined ? metadata : {} }))
}
