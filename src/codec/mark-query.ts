import type { MarkFilter, SagaMark } from './mark-filter.ts'

/** A condition in MongoDB's query language. */
export type QueryCondition = Readonly<Record<string, unknown>>

/** Keys of `history` in a stored document, for a list an index that only a list with entries has. */
const PATHS: Readonly<Record<SagaMark, string>> = {
  owed: 'history.owed.0',
  'dead-letters': 'history.dead.0',
  parked: 'history.parked.0',
  timer: 'history.timer',
  hold: 'history.hold',
}

/**
 * The filters as conditions on stored documents. They exclude no match; `isEnteredBefore` decides on the heads that are read, since
 * Flow Manager may have moved a saga on and kept our instant.
 */
export function markQuery({ has, enteredBefore, channel, attemptsAtLeast }: MarkFilter): QueryCondition[] {
  const conditions: QueryCondition[] = []
  // An absent value equals null: one operator, which every service of documents takes on a nested path.
  if (has !== undefined) conditions.push({ [PATHS[has]]: { $ne: null } })
  if (enteredBefore !== undefined) {
    conditions.push({ $or: [{ 'history.entered': { $lt: enteredBefore } }, { 'history.entered': null }] })
  }
  if (channel !== undefined)
    conditions.push({ $or: [{ 'history.owed.channel': channel }, { 'history.dead.channel': channel }] })
  if (attemptsAtLeast !== undefined) conditions.push({ 'history.owed.attempts': { $gte: attemptsAtLeast } })
  return conditions
}
