import type { Document } from 'mongodb'
import { ALL_MARKS } from '../../../src/codec/mark-filter.ts'
import type { SagaMark } from '../../../src/codec/mark-filter.ts'
import { COUNT_OF, StateTally } from '../../../src/codec/state-count.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { StateCount } from '../../../src/codec/state-count.ts'
import type { CountQuery, ListQuery, Page } from '../../../src/ports/persistency.ts'
import type { MongoConnection } from './connect.ts'
import { conditionsOf } from './list.ts'

const PAGE = 200

/**
 * True for documents with the mark: a list is greater than the empty one only where it has entries, and every value is greater than
 * null. No type makes the comparison fail.
 */
const MARKED: Readonly<Record<SagaMark, Document>> = {
  owed: { $gt: ['$history.owed', []] },
  'dead-letters': { $gt: ['$history.dead', []] },
  parked: { $gt: ['$history.parked', []] },
  timer: { $gt: ['$history.timer', null] },
  hold: { $gt: ['$history.hold', null] },
}

const GROUP: Document = {
  _id: '$currentState',
  total: { $sum: 1 },
  ...Object.fromEntries(ALL_MARKS.map((mark) => [COUNT_OF[mark], { $sum: { $cond: [MARKED[mark], 1, 0] } }])),
  oldestDebt: { $min: { $min: '$history.owed.since' } },
}

/**
 * Numbers of sagas by state, which the server groups. Two filters are decided on heads, since documents of Flow Manager differ
 * there; these counts read the lists.
 */
export async function countsOf(
  { sagas, durable }: MongoConnection,
  query: CountQuery,
  page: (query: ListQuery) => Promise<Page>,
): Promise<readonly StateCount[]> {
  const tally = new StateTally()
  if (query.businessStateId !== undefined || query.enteredBefore !== undefined) {
    for (let after: Page['next'], isFirst = true; isFirst || after !== undefined; isFirst = false) {
      const part = await page({ ...query, limit: PAGE, after })
      for (const saga of part.items) tally.add(saga)
      after = part.next
    }
    return tally.counts
  }
  const stages = [{ $match: { $and: conditionsOf(query) } }, { $group: GROUP }]
  for (const row of await sagas.aggregate(stages, { ...durable.many(), maxTimeMS: DEFAULTS.deadline }).toArray())
    note(tally, row)
  return tally.counts
}

/** A state that is no text is damage, which lists report. */
function note(tally: StateTally, row: Document): void {
  const { _id: state, total, oldestDebt } = row as { _id: unknown; total: number; oldestDebt: unknown }
  if (typeof state !== 'string') return
  tally.total(state, total)
  for (const mark of ALL_MARKS) tally.mark(state, mark, Number(row[COUNT_OF[mark]]))
  if (typeof oldestDebt === 'number') tally.debt(state, oldestDebt)
}
