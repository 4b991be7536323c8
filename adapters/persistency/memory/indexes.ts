import type { Instant, Saga, SagaId } from '../../../src/engine/saga.ts'
import { earliestFirst, latestFirst, Ordered } from './ordered.ts'
import type { Entry } from './ordered.ts'

/** What sagas are looked up by, so that no look goes through all of them. */
export class Indexes {
  /** Newest creation first. */
  readonly created: Ordered = new Ordered(latestFirst)
  readonly #due = new Ordered(earliestFirst)
  /** Final and owing nothing, by their last write. */
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

  /** The earliest ones. */
  due(now: Instant, limit: number): SagaId[] {
    return first(this.#due, limit, ({ at }) => at <= now)
  }

  /** Those that were written longest ago. */
  ended(before: Instant, limit: number): SagaId[] {
    return first(this.#ended, limit, ({ at }) => at < before)
  }
}

function createdOf({ id, createdAt }: Saga): Entry {
  return { at: createdAt, id }
}

function dueOf({ id, due }: Saga): Entry | undefined {
  return due === undefined ? undefined : { at: due, id }
}

function endedOf({ id, isFinal, due, updatedAt }: Saga): Entry | undefined {
  return isFinal && due === undefined ? { at: updatedAt, id } : undefined
}

function move(ordered: Ordered, before: Entry | undefined, now: Entry | undefined): void {
  if (before?.at === now?.at) return
  if (before !== undefined) ordered.delete(before)
  if (now !== undefined) ordered.add(now)
}

function first(ordered: Ordered, limit: number, isWanted: (entry: Entry) => boolean): SagaId[] {
  const ids: SagaId[] = []
  for (const entry of ordered.behind(undefined)) {
    if (ids.length === limit || !isWanted(entry)) break
    ids.push(entry.id)
  }
  return ids
}
