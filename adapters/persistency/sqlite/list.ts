import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { readHead } from '../../../src/codec/head.ts'
import type { HeadRow } from '../../../src/codec/head.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { ListQuery, Page, PassOver, Unreadable } from '../../../src/ports/persistency.ts'

type Row = HeadRow & { readonly created: number }
type Condition = readonly [sql: string, ...values: SQLInputValue[]]

/** Pages of sagas, newest creation first, then id. A statement for each set of filters is compiled when first asked for. */
export class List {
  readonly #db: DatabaseSync
  readonly #passOver: PassOver
  readonly #statements = new Map<string, StatementSync>()

  constructor(db: DatabaseSync, passOver: PassOver) {
    this.#db = db
    this.#passOver = passOver
  }

  page(query: ListQuery): Page {
    const conditions = conditionsOf(query)
    const statement = this.#statement(conditions.map(([sql]) => sql).join(' AND '))
    const values = conditions.flatMap(([, ...values]) => values)
    const rows = statement.all(...values, query.limit + 1) as unknown as Row[]
    const shown = rows.slice(0, query.limit)
    const last = rows.length > query.limit ? shown.at(-1) : undefined
    return { ...this.#read(shown), next: last && { createdAt: last.created, id: last.id } }
  }

  #read(rows: readonly Row[]): Pick<Page, 'items' | 'unreadable'> {
    const items: Saga[] = []
    const unreadable: Unreadable[] = []
    for (const row of rows) {
      const read = readHead(row)
      if (read.ok) items.push(read.value)
      else unreadable.push({ id: row.id, why: read.why })
    }
    for (const { id, why } of unreadable) this.#passOver(id, why)
    return { items, unreadable }
  }

  #statement(filter: string): StatementSync {
    const known = this.#statements.get(filter)
    if (known !== undefined) return known
    const where = filter === '' ? '' : `WHERE ${filter}`
    const statement = this.#db.prepare(
      `SELECT id, created, due, head, '{}' AS metadata FROM sagas ${where} ORDER BY created DESC, id LIMIT ?`,
    )
    this.#statements.set(filter, statement)
    return statement
  }
}

function conditionsOf(query: ListQuery): Condition[] {
  const conditions: Condition[] = []
  const { currentState, businessStateId, isFinal, associatedEntityId, since, until, after } = query
  if (currentState !== undefined) conditions.push(['state = ?', currentState])
  if (businessStateId !== undefined) conditions.push(['business = ?', businessStateId])
  // Written out: only then does the index of the open ones serve.
  if (isFinal !== undefined) conditions.push([isFinal ? 'final = 1' : 'final = 0'])
  if (associatedEntityId !== undefined) conditions.push(['entity = ?', associatedEntityId])
  if (since !== undefined) conditions.push(['created >= ?', since])
  if (until !== undefined) conditions.push(['created < ?', until])
  if (after !== undefined) {
    const { createdAt, id } = after
    conditions.push(['created <= ? AND (created < ? OR id > ?)', createdAt, createdAt, id])
  }
  return conditions
}
