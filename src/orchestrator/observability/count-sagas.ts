import { StateTally } from '../../codec/state-count.ts'
import type { StateCount } from '../../codec/state-count.ts'
import { DEFAULTS } from '../../defaults.ts'
import type { Cursor, ListQuery, Page, Persistency, Uncounted } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { boundedByEntry, pageOfSagas } from '../answer-filter.ts'
import type { SagaCountQuery } from '../answer-filter.ts'
import { readInTime } from '../timed-reads.ts'

/** Numbers of sagas by state; `Uncounted` with the reason; `false` where the store can neither count nor list. */
export type CountAnswer = readonly StateCount[] | Uncounted | false

/** Sagas that are read one by one to be counted, at most: above it, a request would read for minutes. */
export const COUNTED_ONE_BY_ONE = 10_000
const PAGE = 200

/** True where there are numbers. */
export function isCounted(answer: CountAnswer): answer is readonly StateCount[] {
  return Array.isArray(answer)
}

/**
 * Numbers of the sagas of a query, by the deadline of a request. Where the store has no numbers of its own, the sagas are listed and
 * counted one by one, up to a bound.
 */
export function countSagas(
  runtime: Runtime,
  store: Pick<Persistency, 'name' | 'can'>,
  query: SagaCountQuery,
): Promise<CountAnswer> {
  return readInTime(runtime, store, numbersOf(runtime, store, query))
}

async function numbersOf(
  runtime: Runtime,
  { name, can: { counts, list } }: Pick<Persistency, 'name' | 'can'>,
  query: SagaCountQuery,
): Promise<CountAnswer> {
  const { lastAnswer, ...filters } = query
  const own = counts === false || lastAnswer !== undefined ? undefined : await counts.count(boundedByEntry(filters))
  if (own !== undefined && isCounted(own)) return own
  if (list === false) return own ?? false
  const found = await oneByOne(runtime, list, query)
  if (typeof found !== 'string') return found
  return (
    own ?? { why: `the store "${name}" cannot count, and ${found}: narrow the filters, or count the pages of the list` }
  )
}

/** The numbers, or why the sagas are too many. */
async function oneByOne(
  runtime: Runtime,
  list: { page(query: ListQuery): Promise<Page> },
  query: SagaCountQuery,
): Promise<readonly StateCount[] | string> {
  const began = runtime.monotonic()
  const tally = new StateTally()
  let after: Cursor | undefined
  for (let read = 0; read < COUNTED_ONE_BY_ONE;) {
    const { items, next } = await pageOfSagas(list, { ...query, limit: PAGE, after })
    for (const saga of items) tally.add(saga)
    read += items.length
    after = next
    if (after === undefined) return tally.counts
    if (runtime.monotonic() - began >= DEFAULTS.countOneByOne)
      return `reading them one by one takes more than ${DEFAULTS.countOneByOne} ms`
  }
  return `there are more than ${COUNTED_ONE_BY_ONE} sagas to read one by one`
}
