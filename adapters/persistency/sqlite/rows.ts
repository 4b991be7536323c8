import type { SQLInputValue, StatementSync } from 'node:sqlite'

/** First row of a statement, as the statement's columns have it; `undefined` where there is none. */
export function firstRow<Row>(statement: StatementSync, ...values: SQLInputValue[]): Row | undefined {
  return statement.get(...values) as Row | undefined
}

/** Every row of a statement, as the statement's columns have it. */
export function allRows<Row>(statement: StatementSync, ...values: SQLInputValue[]): Row[] {
  return statement.all(...values) as Row[]
}
