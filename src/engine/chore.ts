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
   * - `reschedule`: a store that was opened anew shows it as due before its time, and there is nothing to do yet.
   */
  readonly kind: 'release' | 'expire' | 'rename' | 'offer' | 'reschedule'
  readonly entry: Offer & Pick<Change, 'hold' | 'tried' | 'timer'>
}

/** The next chore of a saga; `undefined` where there is none. Each is decided on the head that the one before has left. */
export function nextChore(machine: Machine, saga: Saga, now: Instant): Chore | undefined {
  if (isHoldOver(saga, now)) return { kind: 'release', entry: released(machine, saga, now) }
  const expired = expiredOffers(saga, now)
  if (expired !== undefined) return { kind: 'expire', entry: expired }
  if (saga.hold !== undefined) return saga.hold.until !== undefined && isVoided(saga) ? RESCHEDULE : undefined
  const step = renamed(machine, saga, now)
  if (step !== undefined) return { kind: 'rename', entry: { step } }
  const offer = nextOffer(machine, saga, now)
  if (offer !== undefined) return { kind: 'offer', entry: offer }
  return saga.owed.length === 0 && isOfferVoided(saga) ? RESCHEDULE : undefined
}

const RESCHEDULE: Chore = { kind: 'reschedule', entry: {} }

/** True if a chore is due now; false says nothing of a parked event whose turn is not over. */
export function isChoreDue(machine: Machine, saga: Saga, now: Instant): boolean {
  if (saga.parked.length === 0 && saga.hold === undefined && machine.movedStates === undefined) return false
  if (isHoldOver(saga, now) || saga.parked.some(({ expires }) => expires <= now)) return true
  if (saga.hold !== undefined) return saga.hold.until !== undefined && isVoided(saga)
  if (machine.movedStates !== undefined && renamed(machine, saga, now) !== undefined) return true
  const isOffered = saga.parked.some(({ due = Number.POSITIVE_INFINITY }) => due <= now) || isOfferVoided(saga)
  return isOffered && machine.states.has(saga.state)
}

/** The process that was to offer parked events has died: the store was opened anew since (P10, P12). */
function isOfferVoided(saga: Saga): boolean {
  return isVoided(saga) && saga.parked.some(({ due }) => due !== undefined)
}

/** A store that was opened anew shows the saga before everything of it that comes due: its leases have no holder (P4, P12). */
function isVoided(saga: Saga): boolean {
  if (saga.due === undefined) return false
  const due = dueOf(saga)
  return due !== undefined && saga.due < due
}
