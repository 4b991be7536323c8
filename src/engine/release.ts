import type { Change } from './change.ts'
import type { Instant, Saga } from './saga.ts'

/** The write that ends a hold: what the saga owes is due at `now` (P26). */
export function released({ owed }: Saga, now: Instant): Pick<Change, 'hold' | 'tried'> {
  return {
    hold: null,
    tried: owed.length === 0 ? undefined : owed.map(({ id, attempts }) => ({ id, attempts, due: now })),
  }
}

/** True where the hold of a saga ends by itself, and its time has come. */
export function isHoldOver({ hold }: Saga, now: Instant): boolean {
  return hold?.until !== undefined && hold.until <= now
}
