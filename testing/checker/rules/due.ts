import type { Instant, Saga } from '../../../src/engine/saga.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import { shown } from '../same.ts'
import type { SagaStory } from '../saga-story.ts'

/** `due` of each head that was written is the earliest instant of its pending work (P4), so that recovery finds it (I9). */
export function* due(saga: SagaStory): Iterable<Found> {
  for (const { at, after } of saga.writes) {
    const earliest = earliestOf(after)
    if (after.due === earliest) continue
    yield found('P4', `the head is due at ${shown(after.due)}, its earliest work at ${shown(earliest)}`, at)
    if ((after.due ?? Number.POSITIVE_INFINITY) > (earliest ?? Number.POSITIVE_INFINITY))
      yield found('I9', `work that is due at ${shown(earliest)} cannot be found before ${shown(after.due)}`, at)
  }
}

/** Debts, the timer and parked events; of a held saga the end of the hold, and the expiry of its parked events (P26). */
export function earliestOf({
  owed,
  timer,
  parked,
  hold,
}: Pick<Saga, 'owed' | 'timer' | 'parked' | 'hold'>): Instant | undefined {
  const isHeld = hold !== undefined
  const instants = [
    isHeld ? hold.until : timer?.deadline,
    ...(isHeld ? [] : owed.map((debt) => debt.due)),
    ...parked.map((one) => (isHeld ? one.expires : Math.min(one.due ?? one.expires, one.expires))),
  ].filter((instant) => instant !== undefined)
  return instants.length === 0 ? undefined : Math.min(...instants)
}
