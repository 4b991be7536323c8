import type { SQLInputValue } from 'node:sqlite'
import type { CountQuery } from '../../../src/ports/persistency.ts'
import { headConditions, markIndexes } from './mark-filters.ts'
import type { IndexedFilter, SqlCondition } from './mark-filters.ts'
import { marked } from './marks.ts'

/** An index ordered by creation, and the filters that it covers. */
export interface IndexChoice {
  readonly index: string
  readonly of: readonly SqlCondition[]
  /** Filters that are checked saga by saga. */
  readonly rest: readonly SqlCondition[]
}

/** Indexes that serve a query, or a part of it; the first one usually holds the fewest sagas. */
export type Sources = readonly IndexChoice[]

/**
 * The parts of a query, without a saga in common. A channel alone has two: its sagas owe a command or have a dead letter, and each of
 * these marks has an index.
 */
export function partsOf(query: CountQuery): readonly Sources[] {
  const { channel, has, attemptsAtLeast } = query
  if (channel === undefined || has !== undefined || attemptsAtLeast !== undefined) return [sourcesOf(query)]
  const others = { sql: `NOT ${marked('owed')}`, values: [] }
  return [sourcesOf({ ...query, has: 'owed' }), sourcesOf({ ...query, has: 'dead-letters' }, others)]
}

function sourcesOf(query: CountQuery, ...more: readonly SqlCondition[]): Sources {
  const filters = filtersOf(query)
  const marks = [...headConditions(query), ...more]
  const own = filters.map(({ index, condition }) => ({
    index,
    of: [condition],
    rest: [...filters.filter((other) => other.index !== index).map((other) => other.condition), ...marks],
  }))
  return own.length > 0 ? own : [{ index: 'sagas_created', of: [], rest: marks }]
}

/** All filters but those by instant of creation. */
export function conditionOf(query: CountQuery): SqlCondition {
  return all([...filtersOf(query).map(({ condition }) => condition), ...headConditions(query)])
}

/** All conditions at once; true where there is none. */
export function all(conditions: readonly SqlCondition[]): SqlCondition {
  if (conditions.length === 0) return { sql: 'TRUE', values: [] }
  return { sql: conditions.map(({ sql }) => sql).join(' AND '), values: conditions.flatMap(({ values }) => values) }
}

function filtersOf(query: CountQuery): readonly IndexedFilter[] {
  const { currentState, businessStateId, isFinal, associatedEntityId } = query
  const filters: IndexedFilter[] = []
  const add = (index: string, sql: string, ...values: SQLInputValue[]) =>
    filters.push({ index, condition: { sql, values } })
  filters.push(...markIndexes(query))
  if (associatedEntityId !== undefined) add('sagas_entity', 'entity = ?', associatedEntityId)
  if (businessStateId !== undefined) add('sagas_business', 'business = ?', businessStateId)
  if (currentState !== undefined) add('sagas_state', 'state = ?', currentState)
  // Literals: only then do the partial indexes serve.
  if (isFinal === true) add('sagas_final', 'final = 1')
  if (isFinal === false) add('sagas_open', 'final = 0')
  return filters
}
