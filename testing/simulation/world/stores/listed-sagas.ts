import { hasMarks } from '../../../../src/codec/mark-filter.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import type { Cursor, ListQuery, Page, Persistency } from '../../../../src/ports/persistency.ts'
import { recordsOver } from './durable-records.ts'
import type { DurableRecords } from './durable-records.ts'
import type { DurableSagas } from './durable-sagas.ts'
import type { StoreLine } from './store-line.ts'

/** What a store needs to list. */
export interface Listing {
  readonly line: StoreLine
  readonly sagas: DurableSagas
  readonly records: DurableRecords
}

/**
 * A store that lists and has records, over the same line. The corridor has it without: it would count sagas again and again, and a run
 * whose timers never rest does not end.
 */
export function withLists(store: Persistency, { line, sagas, records }: Listing): Persistency {
  const { name, can } = store
  return {
    name,
    can: {
      ...can,
      list: { page: (query) => line.read('list', () => pageOf(sagas, query)) },
      records: recordsOver(line, records),
    },
    load: (id) => store.load(id),
    save: (...given) => store.save(...given),
    applied: (...given) => store.applied(...given),
    document: (id) => store.document(id),
    probe: () => store.probe(),
    close: () => store.close(),
  }
}

/** A page of a list: newest creation first, then by id. */
function pageOf(sagas: DurableSagas, query: ListQuery): Page {
  const { limit, after } = query
  const found = [...sagas.all()].map(({ saga }) => saga).filter((saga) => fits(saga, query) && isBehind(saga, after))
  const items = found.toSorted(byCreation).slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last ? { createdAt: last.createdAt, id: last.id } : undefined }
}

function fits(saga: Saga, query: ListQuery): boolean {
  const { currentState, businessStateId, isFinal, associatedEntityId, since, until } = query
  return (
    (since === undefined || saga.createdAt >= since) &&
    (until === undefined || saga.createdAt < until) &&
    (currentState === undefined || saga.state === currentState) &&
    (businessStateId === undefined || saga.business?.id === businessStateId) &&
    (isFinal === undefined || saga.isFinal === isFinal) &&
    (associatedEntityId === undefined || saga.entity === associatedEntityId) &&
    hasMarks(saga, query)
  )
}

function isBehind(saga: Saga, after: Cursor | undefined): boolean {
  return after === undefined || byCreation(saga, after) > 0
}

function byCreation(one: Cursor, other: Cursor): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : Number(one.id > other.id))
}
