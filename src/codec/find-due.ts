import type { Instant, Saga, SagaId } from '../engine/saga.ts'
import { RESTING } from './due-order.ts'

/** Place of a saga among the due ones. */
interface Place {
  readonly due: number
  readonly id: SagaId
}

/** Sagas whose number in the store's order (`dueOrderOf`) is not above `until`, after a place in that order, smallest first. */
export type FindInOrder<T> = (until: number, limit: number, after?: Place) => Promise<readonly T[]>

/** The query of `findDueInOrder`. */
export interface DueQuestion {
  readonly now: Instant
  readonly limit: number
  readonly after?: (Place & { readonly isResting?: boolean | undefined }) | undefined
}

/**
 * Due sagas, earliest first, of a store that keeps the resting ones behind the others: those that owe a command, and those whose
 * deadline has come. Of one instant the owing ones are first.
 */
export function findDueInOrder<T extends { readonly saga: Saga }>(
  find: FindInOrder<T>,
  { now, limit, after }: DueQuestion,
): Promise<readonly T[]> {
  const until = Math.min(now, LAST_OWING)
  const owing = after?.isResting === true ? behind(find, { until, limit }, after) : find(until, limit, after)
  const resting = find(RESTING + now, limit, restingPlace(after))
  return Promise.all([owing, resting]).then((found) => found.flat().toSorted(earliestFirst).slice(0, limit))
}

/** Owing sagas after an instant: those of the instant itself are before a resting one. Asks again where they filled the answer. */
function behind<T extends { readonly saga: Saga }>(
  find: FindInOrder<T>,
  asked: { readonly until: number; readonly limit: number },
  place: Place,
): Promise<readonly T[]> {
  const { until, limit } = asked
  return find(until, limit, { due: place.due, id: '' }).then((found) => skipInstant(found, place.due))

  function skipInstant(found: readonly T[], due: number): readonly T[] | Promise<readonly T[]> {
    const later = found.filter(({ saga }) => (saga.due ?? 0) > due)
    const last = found.at(-1)?.saga
    if (later.length > 0 || last === undefined || found.length < limit) return later
    return find(until, limit, { due, id: last.id }).then((next) => skipInstant(next, due))
  }
}

/** Sagas that owe a command and are due after an instant, earliest first. */
export function findOwingInOrder<T>(find: FindInOrder<T>, limit: number, after: Place): Promise<readonly T[]> {
  return find(LAST_OWING, limit, after)
}

const LAST_OWING = RESTING - 1
const FIRST: Place = { due: LAST_OWING, id: '' }

function restingPlace(after: DueQuestion['after']): Place {
  if (after === undefined || after.due === Number.NEGATIVE_INFINITY) return FIRST
  return { due: after.due + RESTING, id: after.isResting === true ? after.id : '' }
}

/** Sorting is stable: of one instant, the owing sagas stay before the resting ones. */
function earliestFirst({ saga: one }: { readonly saga: Saga }, { saga: other }: { readonly saga: Saga }): number {
  return (one.due ?? 0) - (other.due ?? 0)
}
