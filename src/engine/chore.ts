import type { Machine } from '../machine/compile.ts'
import type { Change } from './change.ts'
import { dueOf } from './evolve.ts'
import { expiredOffers, nextOffer } from './offer.ts'
import type { Offer } from './offer.ts'
import { isHoldOver, released } from './release.ts'
import { renamed } from './rename.ts'
import type { Instant, Saga } from './saga.ts'

/** A write that a saga needs without any message: of one kind, and whole by itself. */
export interface Chore {
  /**
   * - `release`: its hold is over (P26).
   * - `expire`: the time of parked events is over (P10).
   * - `rename`: this machine has another name for its state (P11).
   * - `offer`: its state lists a parked event (P10).
   * - `reschedule`: a store that was opened anew shows it as due before the end of its hold.
   */
  readonly kind: 'release' | 'expire' | 'rename' | 'offer' | 'reschedule'
  readonly entry: Offer & Pick<Change, 'hold' | 'tried' | 'timer'>
}

/** The next chore of a saga; `undefined` where there is none. Each is decided on the head that the one before has left. */
export function nextChore(machine: Machine, saga: Saga, now: Instant): Chore | undefined {
  if (isHoldOver(saga, now)) return { kind: 'release', entry: released(machine, saga, now) }
  const expired = expiredOffers(saga, now)
  if (expired !== undefined) return { kind: 'expire', entry: expired }
  if (saga.hold !== undefined) return isTooEarly(saga) ? { kind: 'reschedule', entry: {} } : undefined
  const step = renamed(machine, saga, now)
  if (step !== undefined) return { kind: 'rename', entry: { step } }
  const offer = nextOffer(machine, saga, now)
  return offer && { kind: 'offer', entry: offer }
}

/** True if a chore is due now; false says nothing of a parked event whose turn is not over. */
export function isChoreDue(machine: Machine, saga: Saga, now: Instant): boolean {
  if (saga.parked.length === 0 && saga.hold === undefined && machine.movedStates === undefined) return false
  if (isHoldOver(saga, now) || saga.parked.some(({ expires }) => expires <= now)) return true
  if (saga.hold !== undefined) return isTooEarly(saga)
  if (machine.movedStates !== undefined && renamed(machine, saga, now) !== undefined) return true
  return saga.parked.some(({ due = Number.POSITIVE_INFINITY }) => due <= now) && machine.states.has(saga.state)
}

/** Its place in the store's order is not that of its hold, so the sweep would meet the end of it late (P4, P12). */
function isTooEarly(saga: Saga): boolean {
  const due = dueOf(saga)
  return saga.hold?.until !== undefined && due !== undefined && saga.due !== undefined && saga.due < due
}
