import type { Instant, Saga } from '../engine/saga.ts'

/**
 * Stores order due sagas by one number. A saga that owes a command has its `due` there; one that waits for a deadline alone has it
 * this much later, behind every other. So an opener that releases leases, and the look for commands of another clock (P23), read
 * past no saga that only waits. Part of every stored database.
 */
export const RESTING: Instant = 1e15

/** A saga rests while nothing that it owes may be sent. */
export function isResting({ owed, hold }: Pick<Saga, 'owed' | 'hold'>): boolean {
  return owed.length === 0 || hold !== undefined
}

/** The number by which a store orders the saga; `undefined` where nothing is due. */
export function dueOrderOf(saga: Pick<Saga, 'owed' | 'hold' | 'due'>): number | undefined {
  return saga.due !== undefined && isResting(saga) ? saga.due + RESTING : saga.due
}

/** The instant in a number of `dueOrderOf`. */
export function dueInOrder(order: number | null | undefined): Instant | undefined {
  return order === null || order === undefined || order < RESTING ? (order ?? undefined) : order - RESTING
}
