import { dueOrderOf } from '../../../src/codec/due-order.ts'
import type { Instant, Saga, SagaId } from '../../../src/engine/saga.ts'
import type { DuePlace } from '../../../src/ports/persistency.ts'
import { earliestFirst, latestFirst, Ordered } from './ordered.ts'
import type { OrderedEntry } from './ordered.ts'

/** Indexes by creation, `due` and end, so that no query visits every saga. */
export class SagaIndexes {
  /** Newest creation first. */
  readonly created: Ordered = new Ordered(latestFirst)
  readonly #due = new Ordered(earliestFirst)
  /** Final sagas that owe nothing, by their last write. */
  readonly #ended = new Ordered(earliestFirst)

  put(before: Saga | undefined, saga: Saga): void {
    if (before === undefined) this.created.add(createdOf(saga))
    move(this.#due, before && dueOf(before), dueOf(saga))
    move(this.#ended, before && endedOf(before), endedOf(saga))
  }

  drop(saga: Saga): void {
    this.created.delete(createdOf(saga))
    move(this.#due, dueOf(saga), undefined)
    move(this.#ended, endedOf(saga), undefined)
  }

  /** Ids of due sagas in the order of `dueOrderOf`, after a place where one is given. */
  due(now: Instant, limit: number, after?: DuePlace): SagaId[] {
    const from = after && { at: after.due, id: after.id }
    return first(this.#due.behind(from), limit, ({ at }) => at <= now)
  }

  /** Ids of final sagas, longest unwritten first. */
  ended(before: Instant, limit: number): SagaId[] {
    return first(this.#ended.behind(undefined), limit, ({ at }) => at < before)
  }
}

function createdOf({ id, createdAt }: Saga): OrderedEntry {
  return { at: createdAt, id }
}

function dueOf(saga: Saga): OrderedEntry | undefined {
  const at = dueOrderOf(saga)
  return at === undefined ? undefined : { at, id: saga.id }
}

/** A held saga may owe what is not due. */
function endedOf({ id, isFinal, due, owed, updatedAt }: Saga): OrderedEntry | undefined {
  return isFinal && due === undefined && owed.length === 0 ? { at: updatedAt, id } : undefined
}

function move(ordered: Ordered, before: OrderedEntry | undefined, now: OrderedEntry | undefined): void {
  if (before?.at === now?.at) return
  if (before !== undefined) ordered.delete(before)
  if (now !== undefined) ordered.add(now)
}

function first(entries: Iterable<OrderedEntry>, limit: number, isWanted: (entry: OrderedEntry) => boolean): SagaId[] {
  const ids: SagaId[] = []
  for (const entry of entries) {
    if (ids.length === limit || !isWanted(entry)) break
    ids.push(entry.id)
  }
  return ids
}
