import { keptOf } from './dead-letters.ts'
import { isSameEvent } from './evolve.ts'
import type { Instant, ParkedEvent, ParkingBounds, Saga, SagaEvent } from './saga.ts'

/** The result of parking one event. */
export type Parking =
  | { readonly kind: 'parked'; readonly event: ParkedEvent }
  /** The saga keeps an event of the same id and label: there is nothing to write. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'full' }

/** Parks an event that its saga cannot take now. A repeat is recognised where the saga is full, too (P7, P10). */
export function park(
  saga: Saga,
  event: SagaEvent,
  { limit, timeToLive, now }: ParkingBounds & { now: Instant },
): Parking {
  if (saga.parked.some((one) => isSameEvent(one.event, event))) return { kind: 'repeated' }
  if (saga.parked.length >= limit) return { kind: 'full' }
  const from = Math.max(now, saga.hold?.until ?? now) // no event expires before its saga can take it
  return { kind: 'parked', event: { event: keptOf(event), since: now, expires: from + timeToLive } }
}
