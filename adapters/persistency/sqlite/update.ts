import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { ALL_MARKS } from '../../../src/codec/mark-filter.ts'
import { dueOrderOf } from '../../../src/codec/due-order.ts'
import { encodeHead, encodeMetadata } from '../../../src/codec/head.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Saga, WriteId } from '../../../src/engine/saga.ts'
import { MARK_COLUMNS, markBits } from './marks.ts'

/** Columns of a saga's row that have indexes and that most writes leave as they are. */
export interface StableColumns {
  readonly state: string
  readonly final: number
  readonly business: string | number | null
  /** The columns of the marks (`markBits`). */
  readonly marks: number
}

/** The row of a saga as its last write left it. */
export interface SqliteRow extends StableColumns {
  readonly key: number
  readonly writeId: WriteId
}

/** Saga, and the row that it replaces. */
export interface RowUpdate {
  readonly change: Change
  readonly next: Saga
  readonly row: SqliteRow
}

/** The stable columns of a head. */
export function stableColumnsOf(saga: Saga): StableColumns {
  const { state, isFinal, business } = saga
  return { state, final: isFinal ? 1 : 0, business: business?.id ?? null, marks: markBits(saga) }
}

/** The column of each bit of `changesOf`. */
const COLUMNS: readonly string[] = [...ALL_MARKS.map((mark) => MARK_COLUMNS[mark]), 'state', 'final', 'business']
const [STATE, FINAL, BUSINESS] = [1, 2, 4].map((bit) => bit << ALL_MARKS.length) as [number, number, number]
/** The bit of a step, which changes the metadata too. */
const STEP = 1 << COLUMNS.length

/**
 * Updates of a saga's row. A statement that names a column writes its indexes, even where the value stays, and every page costs a frame
 * of the log now and a write of the file later: so each statement names the columns that change. Compiled once for each set of them.
 */
export class SqliteUpdate {
  readonly #db: DatabaseSync
  readonly #statements = new Map<number, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Returns false where the row was written since. */
  run({ change: { writeId, step }, next, row }: RowUpdate, to: StableColumns): boolean {
    const changes = changesOf(row, to) | (step === undefined ? 0 : STEP)
    const values: SQLInputValue[] = [writeId, dueOrderOf(next) ?? null, encodeHead(next)]
    if (step !== undefined) values.push(encodeMetadata(next))
    for (let at = 0; at < COLUMNS.length; at++) if ((changes & (1 << at)) !== 0) values.push(valueOf(to, at))
    return this.#statement(changes).run(...values, row.key, row.writeId).changes !== 0
  }

  #statement(changes: number): StatementSync {
    const known = this.#statements.get(changes)
    if (known !== undefined) return known
    const columns = ['write_id', 'due', 'head', ...((changes & STEP) === 0 ? [] : ['metadata'])]
    columns.push(...COLUMNS.filter((_, at) => (changes & (1 << at)) !== 0))
    const sets = columns.map((column) => `${column} = ?`).join(', ')
    const statement = this.#db.prepare(`UPDATE sagas SET ${sets} WHERE key = ? AND write_id = ?`)
    this.#statements.set(changes, statement)
    return statement
  }
}

/** A bit for each column that differs. */
function changesOf(from: StableColumns, to: StableColumns): number {
  let changes = from.marks ^ to.marks
  if (from.state !== to.state) changes |= STATE
  if (from.final !== to.final) changes |= FINAL
  if (from.business !== to.business) changes |= BUSINESS
  return changes
}

function valueOf({ state, final, business, marks }: StableColumns, at: number): SQLInputValue {
  if (at < ALL_MARKS.length) return (marks >> at) & 1
  const bit = 1 << at
  return bit === STATE ? state : bit === FINAL ? final : business
}
