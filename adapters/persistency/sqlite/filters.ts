import type { SQLInputValue } from 'node:sqlite'
import type { ListQuery } from '../../../src/ports/persistency.ts'

/** A condition in SQL, and what is bound to its question marks. */
export interface SqlCondition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** An index whose entries are ordered by creation, and the filters that it answers by itself. */
export interface IndexChoice {
  readonly index: string
  readonly of: readonly SqlCondition[]
  /** The filters that are looked up in each saga. */
  readonly rest: readonly SqlCondition[]
}

/** Each index that serves a query, the one first that holds the fewest sagas as a rule. */
export function sourcesOf(query: ListQuery): readonly IndexChoice[] {
  const filters = filtersOf(query)
  const own = filters.map(({ index, condition }) => ({
    index,
    of: [condition],
    rest: filters.filter((other) => other.index !== index).map((other) => other.condition),
  }))
  return own.length > 0 ? own : [{ index: 'sagas_created', of: [], rest: [] }]
}

/** All filters but the instants. */
export function conditionOf(query: ListQuery): SqlCondition {
  return all(filtersOf(query).map(({ condition }) => condition))
}

export function all(conditions: readonly SqlCondition[]): SqlCondition {
  if (conditions.length === 0) return { sql: 'TRUE', values: [] }
  return { sql: conditions.map(({ sql }) => sql).join(' AND '), values: conditions.flatMap(({ values }) => values) }
}

interface Filter {
  readonly index: string
  readonly condition: SqlCondition
}

function filtersOf(query: ListQuery): readonly Filter[] {
  const { currentState, businessStateId, isFinal, associatedEntityId } = query
  const filters: Filter[] = []
  const add = (index: string, sql: string, ...values: SQLInputValue[]) =>
    filters.push({ index, condition: { sql, values } })
  if (associatedEntityId !== undefined) add('sagas_entity', 'entity = ?', associatedEntityId)
  if (businessStateId !== undefined) add('sagas_business', 'business = ?', businessStateId)
  if (currentState !== undefined) add('sagas_state', 'state = ?', currentState)
  // Written out: only then do the indexes of the final and of the open ones serve.
  if (isFinal === true) add('sagas_final', 'final = 1')
  if (isFinal === false) add('sagas_open', 'final = 0')
  return filters
}
