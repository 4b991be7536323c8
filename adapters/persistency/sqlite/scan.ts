import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Instant } from '../../../src/engine/saga.ts'
import type { ListQuery } from '../../../src/ports/persistency.ts'
import { all } from './filters.ts'
import type { IndexChoice } from './filters.ts'
import type { SqlCondition } from './mark-filters.ts'
import { allRows } from './rows.ts'
import { Newest } from './newest.ts'

/** Statements by their text: each is compiled once. */
export class Statements {
  readonly #db: DatabaseSync
  readonly #known = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  get(sql: string): StatementSync {
    const known = this.#known.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sql)
    this.#known.set(sql, statement)
    return statement
  }
}

/** Sagas that one statement looks at, at first and at most: a part of what a slice has time for. */
const FIRST = 128
const MOST = 1_024
/** Among several indexes one with fewer sagas than this is taken. */
const FEW = 500

/** Where the scan goes on: before an instant, or at an instant below a row. `key` grows with each creation. */
type Position =
  | { readonly kind: 'before'; readonly created: Instant; readonly orAt: boolean }
  | { readonly kind: 'at'; readonly created: Instant; readonly key: number }

interface ScannedRow {
  readonly key: number
  readonly created: Instant
  /** `null` where a filter excludes it. */
  readonly id: string | null
}

/**
 * A scan of one index, newest creation first, for the sagas of a page. Each statement looks at a bounded number of sagas,
 * however few of them match and however many share an instant.
 */
export class SqliteScan {
  readonly #statements: Statements
  readonly #query: ListQuery
  readonly #source: IndexChoice
  readonly #newest: Newest
  #position: Position | undefined
  #rows = FIRST

  constructor(statements: Statements, query: ListQuery, sources: readonly IndexChoice[]) {
    this.#statements = statements
    this.#query = query
    this.#source = sources.length === 1 ? (sources[0] as IndexChoice) : this.#fewest(sources)
    this.#newest = new Newest(query.limit + 1)
    this.#position = beginning(query)
  }

  /** Entries of a page and one more, if there are so many. */
  get found(): Newest['entries'] {
    return this.#newest.entries
  }

  /** Scans until the slice is over or the page is complete; answers true where it is complete. */
  goOn(isOver: () => boolean): boolean {
    while (this.#position !== undefined) {
      this.#go(this.#position)
      if (isOver()) {
        this.#rows = FIRST
        return this.#position === undefined
      }
      this.#rows = Math.min(MOST, this.#rows << 1)
    }
    return true
  }

  #go(position: Position): void {
    const rows = this.#look(position)
    for (const { key, created, id } of rows) if (id !== null) this.#newest.add({ key, created, id })
    const last = rows.at(-1)
    if (last !== undefined && rows.length === this.#rows) this.#to({ kind: 'at', created: last.created, key: last.key })
    else if (position.kind === 'at') this.#to({ kind: 'before', created: position.created, orAt: false })
    else this.#position = undefined
  }

  /** Ends the scan where everything older comes after the page. */
  #to(position: Position): void {
    const { since } = this.#query
    const { oldest } = this.#newest
    const isBehind =
      oldest !== undefined && (position.created < oldest || (position.kind === 'before' && position.created === oldest))
    this.#position = isBehind || (since !== undefined && position.created < since) ? undefined : position
  }

  #look(position: Position): readonly ScannedRow[] {
    const { index, of, rest } = this.#source
    const wanted = all([...rest, ...behind(this.#query)])
    const range = all([...of, ...rangeOf(position, this.#query)])
    const sql = `SELECT key, created, CASE WHEN ${wanted.sql} THEN id END AS id FROM sagas INDEXED BY ${index}
      WHERE ${range.sql} ORDER BY created DESC, key DESC LIMIT ?`
    const values: SQLInputValue[] = [...wanted.values, ...range.values, this.#rows]
    return allRows<ScannedRow>(this.#statements.get(sql), ...values)
  }

  #fewest(sources: readonly IndexChoice[]): IndexChoice {
    const few = sources.find(({ index, of }) => {
      const { sql, values } = all(of)
      const more = `SELECT 1 FROM sagas INDEXED BY ${index} WHERE ${sql} LIMIT 1 OFFSET ${FEW}`
      return this.#statements.get(more).get(...values) === undefined
    })
    return few ?? (sources[0] as IndexChoice)
  }
}

function beginning({ until, after }: ListQuery): Position {
  const latest = after?.createdAt ?? Number.POSITIVE_INFINITY
  if (until !== undefined && until <= latest) return { kind: 'before', created: until, orAt: false }
  return { kind: 'before', created: latest, orAt: true }
}

function rangeOf(position: Position, { since }: ListQuery): readonly SqlCondition[] {
  const { created } = position
  if (position.kind === 'at') return [{ sql: 'created = ? AND key < ?', values: [created, position.key] }]
  const before: SqlCondition = { sql: position.orAt ? 'created <= ?' : 'created < ?', values: [created] }
  return since === undefined ? [before] : [before, { sql: 'created >= ?', values: [since] }]
}

/** Excludes sagas of the cursor's instant up to the cursor. */
function behind({ after }: ListQuery): readonly SqlCondition[] {
  return after === undefined ? [] : [{ sql: '(created < ? OR id > ?)', values: [after.createdAt, after.id] }]
}
