import { hasMarks } from '../../../src/codec/mark-filter.ts'
import type { Saga, SagaId } from '../../../src/engine/saga.ts'
import type { ListQuery, Page } from '../../../src/ports/persistency.ts'
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

/**
 * A page of sagas, in slices. Sagas are created, moved and removed meanwhile; each slice goes on after the last entry it saw.
 */
export async function pageOf({ created, find, run }: SagasByCreation, query: ListQuery): Promise<Page> {
  const { since, limit } = query
  const found: Saga[] = []
  let at = beginning(query)
  for (let isDone = false; !isDone;) {
    await run((isOver) => {
      isDone = true
      let looked = 0
      for (const entry of created.behind(at)) {
        if (since !== undefined && entry.at < since) return
        at = entry
        const saga = find(entry.id)
        if (saga !== undefined && matches(saga, query)) found.push(saga)
        if (found.length > limit) return
        if (++looked % OFTEN === 0 && isOver()) return void (isDone = false)
      }
    })
  }
  const items = found.slice(0, query.limit)
  const last = found.length > query.limit ? items.at(-1) : undefined
  return { items, next: last && { createdAt: last.createdAt, id: last.id } }
}

/** The entry after which the page begins: the cursor, or the one before all that were created at `until`. */
function beginning({ after, until }: ListQuery): OrderedEntry | undefined {
  if (until !== undefined && (after === undefined || until < after.createdAt)) return { at: until, id: '' }
  return after && { at: after.createdAt, id: after.id }
}

function matches(saga: Saga, query: ListQuery): boolean {
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
