import { hasMarks } from '../../../src/codec/mark-filter.ts'
import { StateTally } from '../../../src/codec/state-count.ts'
import type { StateCount } from '../../../src/codec/state-count.ts'
import type { Saga, SagaId } from '../../../src/engine/saga.ts'
import type { CountQuery, ListQuery, Page } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import type { OrderedEntry, Ordered } from './ordered.ts'

/** Entries between two looks at the clock. */
const OFTEN = 256

/** All sagas in the order of creation. */
export interface SagasByCreation {
  readonly created: Ordered
  readonly find: (id: SagaId) => Saga | undefined
  readonly run: RunSlice
}

/** A page of sagas. */
export async function pageOf(sagas: SagasByCreation, query: ListQuery): Promise<Page> {
  const found: Saga[] = []
  await visit(sagas, query, (saga) => found.push(saga) > query.limit)
  const items = found.slice(0, query.limit)
  const last = found.length > query.limit ? items.at(-1) : undefined
  return { items, next: last && { createdAt: last.createdAt, id: last.id } }
}

/** The sagas of each state. */
export async function countsOf(sagas: SagasByCreation, query: CountQuery): Promise<readonly StateCount[]> {
  const tally = new StateTally()
  await visit(sagas, query, (saga) => {
    tally.add(saga)
    return false
  })
  return tally.counts
}

type VisitQuery = CountQuery & Pick<ListQuery, 'after'>

/**
 * Calls `take` with each saga of a query, in slices, until it answers true. Sagas are created, moved and removed meanwhile; each slice
 * goes on after the last entry it saw.
 */
async function visit(
  { created, find, run }: SagasByCreation,
  query: VisitQuery,
  take: (saga: Saga) => boolean,
): Promise<void> {
  const { since } = query
  let at = beginning(query)
  for (let isDone = false; !isDone;) {
    await run((isOver) => {
      isDone = true
      let looked = 0
      for (const entry of created.behind(at)) {
        if (since !== undefined && entry.at < since) return
        at = entry
        const saga = find(entry.id)
        if (saga !== undefined && matches(saga, query) && take(saga)) return
        if (++looked % OFTEN === 0 && isOver()) return void (isDone = false)
      }
    })
  }
}

/** The entry after which the page begins: the cursor, or the one before all that were created at `until`. */
function beginning({ after, until }: VisitQuery): OrderedEntry | undefined {
  if (until !== undefined && (after === undefined || until < after.createdAt)) return { at: until, id: '' }
  return after && { at: after.createdAt, id: after.id }
}

function matches(saga: Saga, query: CountQuery): boolean {
  const { currentState, businessStateId, isFinal, associatedEntityId, until } = query
  return (
    (until === undefined || saga.createdAt < until) &&
    (currentState === undefined || currentState === saga.state) &&
    (businessStateId === undefined || businessStateId === saga.business?.id) &&
    (isFinal === undefined || isFinal === saga.isFinal) &&
    (associatedEntityId === undefined || associatedEntityId === saga.entity) &&
    hasMarks(saga, query)
  )
}
