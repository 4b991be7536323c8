import type { Machine } from '../machine/compile.ts'
import type { Change } from './change.ts'
import { expiredOffers, nextOffer, parkedBeside } from './offer.ts'
import type { Offer } from './offer.ts'
import { isHoldOver, released } from './release.ts'
import { renamed } from './rename.ts'
import type { Duration, Instant, Saga } from './saga.ts'

/** A write that a saga needs without any message: of one kind, and whole by itself. */
export interface Chore {
  /**
   * - `release`: its hold is over (P26).
   * - `expire`: the time of parked events is over (P10).
   * - `rename`: this machine has another name for its state (P11).
   * - `offer`: its state lists a parked event (P10).
   */
  readonly kind: 'release' | 'expire' | 'rename' | 'offer'
  readonly entry: Offer & Pick<Change, 'hold' | 'tried' | 'parked'>
}

/** An instant, and the time in which the turn of a step offers what is parked (P10). */
export interface ChoreTime {
  readonly now: Instant
  readonly lease: Duration
}

/** The next chore of a saga; `undefined` where there is none. Each is decided on the head that the one before has left. */
export function nextChore(machine: Machine, saga: Saga, { now, lease }: ChoreTime): Chore | undefined {
  if (isHoldOver(saga, now)) return { kind: 'release', entry: released(machine, saga, now) }
  const expired = expiredOffers(saga, now)
  if (expired !== undefined) return { kind: 'expire', entry: expired }
  if (saga.hold !== undefined) return undefined
  const step = renamed(machine, saga, now)
  if (step !== undefined) return { kind: 'rename', entry: { step, ...parkedBeside(machine, saga, { step, lease }) } }
  const offer = nextOffer(machine, saga, now)
  if (offer?.step === undefined) return offer && { kind: 'offer', entry: offer }
  return { kind: 'offer', entry: { ...offer, ...parkedBeside(machine, saga, { step: offer.step, lease }) } }
}

/** True if a chore is due now; false says nothing of a parked event whose turn is not over. */
export function isChoreDue(machine: Machine, saga: Saga, now: Instant): boolean {
  if (isHoldOver(saga, now) || saga.parked.some(({ expires }) => expires <= now)) return true
  if (saga.hold !== undefined) return false
  if (machine.movedStates !== undefined && renamed(machine, saga, now) !== undefined) return true
  return saga.parked.some(({ due = Number.POSITIVE_INFINITY }) => due <= now) && machine.states.has(saga.state)
}
