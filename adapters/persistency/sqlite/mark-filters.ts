import type { SQLInputValue } from 'node:sqlite'
import type { MarkFilter, SagaMark } from '../../../src/codec/mark-filter.ts'
import { MARK_INDEXES, marked } from './marks.ts'

/** A condition in SQL and the values bound to its placeholders. */
export interface SqlCondition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** A filter, and the index that has its sagas and no others. */
export interface IndexedFilter {
  readonly index: string
  readonly condition: SqlCondition
}

/** The filters by marks, each of which has an index. A command with answers without success is owed. */
export function markIndexes({ has, attemptsAtLeast }: MarkFilter): readonly IndexedFilter[] {
  const marks = new Set<SagaMark>()
  if (has !== undefined) marks.add(has)
  if (attemptsAtLeast !== undefined) marks.add('owed')
  return [...marks].map((mark) => ({ index: MARK_INDEXES[mark], condition: { sql: marked(mark), values: [] } }))
}

/** The filters that are checked on a head; one that is no JSON satisfies none. */
export function headConditions({ enteredBefore, channel, attemptsAtLeast }: MarkFilter): readonly SqlCondition[] {
  const conditions: SqlCondition[] = []
  const add = (sql: string, ...values: SQLInputValue[]) => conditions.push({ sql, values })
  if (enteredBefore !== undefined) add(parsed(`${ENTERED} < ?`), enteredBefore)
  if (channel !== undefined) {
    // The marks and the text are searched first, since most heads lack the channel and parsing costs more.
    const named = `(${marked('owed')} OR ${marked('dead-letters')}) AND instr(head, ?) > 0`
    add(parsed(USES, named), `"channel":${JSON.stringify(channel)}`, channel, channel)
  }
  if (attemptsAtLeast !== undefined) add(parsed(TRIED, marked('owed')), attemptsAtLeast)
  return conditions
}

const ENTERED = `coalesce(json_extract(head, '$.entered'), json_extract(head, '$.updated'))`
const USES = `(EXISTS (SELECT 1 FROM json_each(head, '$.owed') WHERE value ->> 'channel' = ?)
  OR EXISTS (SELECT 1 FROM json_each(head, '$.dead') WHERE value ->> 'channel' = ?))`
const TRIED = `EXISTS (SELECT 1 FROM json_each(head, '$.owed') WHERE value ->> 'attempts' >= ?)`

/** A condition on the parsed head, which is parsed only where `first` is true. */
function parsed(condition: string, first = 'TRUE'): string {
  return `CASE WHEN ${first} AND json_valid(head) THEN ${condition} ELSE FALSE END`
}
