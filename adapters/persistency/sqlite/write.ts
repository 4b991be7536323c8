import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { dueOrderOf } from '../../../src/codec/due-order.ts'
import { encodeHead, encodeMetadata } from '../../../src/codec/head.ts'
import { encodeHistoryRow } from '../../../src/codec/history-row.ts'
import { ALL_MARKS } from '../../../src/codec/mark-filter.ts'
import { opaque } from '../../../src/codec/opaque.ts'
import { writeVerdict } from '../../../src/codec/write-verdict.ts'
import type { Change, Step } from '../../../src/engine/change.ts'
import type { Saga, WriteId } from '../../../src/engine/saga.ts'
import type { Basis, Saved } from '../../../src/ports/persistency.ts'
import { MARK_BITS, MARK_COLUMNS, markValues } from './marks.ts'
import { firstRow } from './rows.ts'
import type { SqliteTally } from './tally.ts'
import { SqliteUpdate, stableColumnsOf } from './update.ts'
import type { RowUpdate, SqliteRow, StableColumns } from './update.ts'

/** One save of a group. */
export interface SqliteSave {
  readonly change: Change
  readonly next: Saga
  readonly basis: Basis | 'absent'
}

const { seal, open } = opaque<Basis, SqliteRow>()

/** A row as a basis needs it. */
export interface BasisRow extends StableColumns {
  readonly key: number
  readonly write_id: WriteId
}

/** The columns of a `BasisRow`. */
export const BASIS_COLUMNS: string = `key, write_id, state, final, business, ${MARK_BITS} AS marks`

/** Seals row key, last write and stable columns into a basis. */
export function basisOf({ key, write_id: writeId, state, final, business, marks }: BasisRow): Basis {
  return seal({ key, writeId, state, final, business, marks })
}

/** Writes saves in one transaction. It lives as long as the connection: each statement is compiled once. */
export class SqliteWriter {
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #create: StatementSync
  readonly #begun: StatementSync
  readonly #append: StatementSync
  readonly #update: SqliteUpdate
  readonly #newest: StatementSync
  readonly #writer: StatementSync
  readonly #tally: SqliteTally

  constructor(db: DatabaseSync, tally: SqliteTally) {
    this.#tally = tally
    // Prepared statements: in Deno, errors of `exec` carry no result code.
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#rollback = db.prepare('ROLLBACK')
    this.#create = db.prepare(
      `INSERT INTO sagas (id, write_id, created, entity, due, head, metadata, ${STABLE.join(', ')})
       VALUES (?, ?, ?, ?, ?, ?, ?, ${STABLE.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
    )
    this.#begun = db.prepare(
      'INSERT INTO history (saga, event, label, number, write_id, passage) VALUES (?, ?, ?, ?, ?, ?)',
    )
    // Condition and duplicate check in one: no row means that at least one of them failed.
    this.#append = db.prepare(
      `INSERT INTO history (saga, event, label, number, write_id, passage)
       SELECT key, ?, ?, ?, ?, ? FROM sagas WHERE key = ? AND write_id = ? ON CONFLICT DO NOTHING`,
    )
    this.#update = new SqliteUpdate(db)
    this.#newest = db.prepare(`SELECT ${BASIS_COLUMNS} FROM sagas WHERE id = ?`)
    this.#writer = db.prepare('SELECT write_id FROM history WHERE saga = ? AND event = ? AND label = ?')
  }

  /** Answers each save by its own outcome. All are on the disk when it returns. */
  write(saves: readonly SqliteSave[]): Saved[] {
    this.#begin.run()
    try {
      const answers = saves.map((save) => this.#one(save))
      this.#commit.run()
      this.#tally.committed()
      return answers
    } catch (thrown) {
      this.#tally.failed()
      this.#undo()
      throw thrown
    }
  }

  /** SQLite may have rolled back already; then ROLLBACK fails. */
  #undo(): void {
    try {
      this.#rollback.run()
    } catch {
      return
    }
  }

  #one({ change, next, basis }: SqliteSave): Saved {
    const to = stableColumnsOf(next)
    const row = basis === 'absent' ? undefined : open(basis)
    const key = row === undefined ? this.#insert(change, next, to) : this.#replace({ change, next, row }, to)
    if (key === undefined) return this.#verdict(change, basis)
    this.#tally.moved(row, to)
    return { kind: 'saved', basis: seal({ key, writeId: change.writeId, ...to }) }
  }

  #insert({ writeId, step }: Change, next: Saga, { state, final, business, marks }: StableColumns): number | undefined {
    const { id, createdAt, entity } = next
    const row = [id, writeId, createdAt, entity, dueOrderOf(next) ?? null, encodeHead(next), encodeMetadata(next)]
    const { changes, lastInsertRowid } = this.#create.run(...row, state, final, business, ...markValues(marks))
    if (changes === 0) return undefined
    const key = Number(lastInsertRowid)
    if (step !== undefined) this.#begun.run(key, ...entry(step, writeId))
    return key
  }

  #replace(update: RowUpdate, to: StableColumns): number | undefined {
    const { change, row } = update
    const { writeId, step } = change
    const isFirst = step === undefined || this.#append.run(...entry(step, writeId), row.key, row.writeId).changes !== 0
    return isFirst && this.#update.run(update, to) ? row.key : undefined
  }

  /** The outcome of a save that wrote nothing (P2, P6, I4). */
  #verdict({ sagaId, writeId, step }: Change, basis: Basis | 'absent'): Saved {
    const newest = firstRow<BasisRow>(this.#newest, sagaId)
    if (newest === undefined) return CONFLICT
    const entry = step && firstRow<EventRow>(this.#writer, newest.key, step.event.id, step.event.label)
    const condition = basis === 'absent' ? 'absent' : 'outdated'
    const verdict = writeVerdict({ writeId }, condition, { newest: newest.write_id, event: entry?.write_id })
    if (verdict === 'saved') return { kind: 'saved', basis: basisOf(newest) }
    return verdict === 'duplicate' ? DUPLICATE : CONFLICT
  }
}

interface EventRow {
  readonly write_id: WriteId
}

/** The stable columns, in the order of an insertion. */
const STABLE = ['state', 'final', 'business', ...ALL_MARKS.map((mark) => MARK_COLUMNS[mark])]

const CONFLICT: Saved = Object.freeze({ kind: 'conflict' })
const DUPLICATE: Saved = Object.freeze({ kind: 'duplicate' })

function entry(step: Step, writeId: WriteId): [string, string, number, string, string] {
  return [step.event.id, step.event.label, step.number, writeId, encodeHistoryRow(step)]
}
