import { hasLastAnswer } from '../codec/last-answer.ts'
import type { CountQuery, Cursor, ListQuery, Page } from '../ports/persistency.ts'

/** Filters of `GET /sagas`: those of a store, and the last answer, which no store has an index of. */
export interface SagaQuery extends ListQuery {
  /** With `has`: sagas whose owed commands or dead letters have this last answer, as a list shows it. */
  readonly lastAnswer?: string | undefined
}

/** Filters of the sagas that are counted. */
export type SagaCountQuery = CountQuery & Pick<SagaQuery, 'lastAnswer'>

/** A store that can list. */
interface Lister {
  page(query: ListQuery): Promise<Page>
}

/**
 * The query as a store is asked. A saga entered its state at its creation or later, so those created since `enteredBefore` are left out
 * by the order of the list: else a store would look at each of them. One whose clocks disagree counts by the later instant.
 */
export function boundedByEntry<Query extends Omit<SagaCountQuery, 'lastAnswer'>>(query: Query): Query {
  const { enteredBefore, until } = query
  if (enteredBefore === undefined || (until !== undefined && until <= enteredBefore)) return query
  return { ...query, until: enteredBefore }
}

/** Sagas of one read, and reads of one page: 2,000 heads take a second on the slowest store. */
const [READ, MOST_READS] = [200, 10]

/**
 * A page of sagas. By last answer, heads that the other filters find are read until the page is full; after so many reads it ends early,
 * with a cursor to go on from.
 */
export async function pageOfSagas(list: Lister, { lastAnswer, ...asked }: SagaQuery): Promise<Page> {
  const query = boundedByEntry(asked)
  if (lastAnswer === undefined) return list.page(query)
  const { limit, has, channel } = query
  const items: Page['items'][number][] = []
  let next: Cursor | undefined = query.after
  for (let reads = 0; reads < MOST_READS; reads++) {
    const page = await list.page({ ...query, limit: READ, after: next })
    for (const saga of page.items) {
      if (!hasLastAnswer(saga, { lastAnswer, has, channel })) continue
      items.push(saga)
      if (items.length < limit) continue
      const isLast = page.next === undefined && saga === page.items.at(-1)
      return isLast ? { items } : { items, next: { createdAt: saga.createdAt, id: saga.id } }
    }
    next = page.next
    if (next === undefined) break
  }
  return next === undefined ? { items } : { items, next }
}
