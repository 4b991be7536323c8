import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { dueOrderOf } from '../../../src/codec/due-order.ts'
import { encodeHead, encodeMetadata } from '../../../src/codec/head.ts'
import { encodeHistoryRow } from '../../../src/codec/history-row.ts'
import { opaque } from '../../../src/codec/opaque.ts'
import { writeVerdict } from '../../../src/codec/write-verdict.ts'
import type { Change, Step } from '../../../src/engine/change.ts'
import type { Saga, WriteId } from '../../../src/engine/saga.ts'
import type { Basis, Saved } from '../../../src/ports/persistency.ts'
import { markBits } from './marks.ts'
import { firstRow } from './rows.ts'

/** One save of a group. */
export interface SqliteSave {
  readonly change: Change
  readonly next: Saga
  readonly basis: Basis | 'absent'
}

/** Content of a basis: the row, the id of its last write, and its marks. */
interface SqliteBasis {
  readonly key: number
  readonly writeId: WriteId
  /** The column `marks` of the row. */
  readonly marks: number
}

const { seal, open } = opaque<Basis, SqliteBasis>()

/** A row as a basis needs it. */
export interface BasisRow {
  readonly key: number
  readonly write_id: WriteId
  readonly marks: number
}

/** Seals row key, last write and marks into a basis. */
export function basisOf({ key, write_id: writeId, marks }: BasisRow): Basis {
  return seal({ key, writeId, marks })
}

/** Writes saves in one transaction. It lives as long as the connection: each statement is compiled once. */
export class SqliteWriter {
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #create: StatementSync
  readonly #begun: StatementSync
  readonly #append: StatementSync
  readonly #move: StatementSync
  readonly #moveMarked: StatementSync
  readonly #amend: StatementSync
  readonly #amendMarked: StatementSync
  readonly #newest: StatementSync
  readonly #writer: StatementSync

  constructor(db: DatabaseSync) {
    // Prepared statements: in Deno, errors of `exec` carry no result code.
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#rollback = db.prepare('ROLLBACK')
    this.#create = db.prepare(
      `INSERT INTO sagas (id, write_id, created, entity, due, state, final, business, marks, head, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    )
    this.#begun = db.prepare(
      'INSERT INTO history (saga, event, label, number, write_id, passage) VALUES (?, ?, ?, ?, ?, ?)',
    )
    // Condition and duplicate check in one: no row means that at least one of them failed.
    this.#append = db.prepare(
      `INSERT INTO history (saga, event, label, number, write_id, passage)
       SELECT key, ?, ?, ?, ?, ? FROM sagas WHERE key = ? AND write_id = ? ON CONFLICT DO NOTHING`,
    )
    const moved = 'write_id = ?, due = ?, state = ?, final = ?, business = ?, head = ?, metadata = ?'
    this.#move = db.prepare(`UPDATE sagas SET ${moved} WHERE key = ?`)
    // A statement that names the marks touches their indexes, even where the value stays.
    this.#moveMarked = db.prepare(`UPDATE sagas SET ${moved}, marks = ? WHERE key = ?`)
    // Bookkeeping moves no saga: metadata and list columns stay.
    const amended = 'write_id = ?, due = ?, head = ?'
    this.#amend = db.prepare(`UPDATE sagas SET ${amended} WHERE key = ? AND write_id = ?`)
    this.#amendMarked = db.prepare(`UPDATE sagas SET ${amended}, marks = ? WHERE key = ? AND write_id = ?`)
    this.#newest = db.prepare('SELECT key, write_id, marks FROM sagas WHERE id = ?')
    this.#writer = db.prepare('SELECT write_id FROM history WHERE saga = ? AND event = ? AND label = ?')
  }

  /** Answers each save by its own outcome. All are on the disk when it returns. */
  write(saves: readonly SqliteSave[]): Saved[] {
    this.#begin.run()
    try {
      const answers = saves.map((save) => this.#one(save))
      this.#commit.run()
      return answers
    } catch (thrown) {
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
    const marks = markBits(next)
    const key =
      basis === 'absent' ? this.#insert(change, next, marks) : this.#update({ change, next, marks }, open(basis))
    if (key === undefined) return this.#verdict(change, basis)
    return { kind: 'saved', basis: seal({ key, writeId: change.writeId, marks }) }
  }

  #insert({ writeId, step }: Change, next: Saga, marks: number): number | undefined {
    const { changes, lastInsertRowid } = this.#create.run(
      next.id,
      writeId,
      next.createdAt,
      next.entity,
      dueOrderOf(next) ?? null,
      next.state,
      next.isFinal ? 1 : 0,
      next.business?.id ?? null,
      marks,
      encodeHead(next),
      encodeMetadata(next),
    )
    if (changes === 0) return undefined
    const key = Number(lastInsertRowid)
    if (step !== undefined) this.#begun.run(key, ...entry(step, writeId))
    return key
  }

  #update(
    { change, next, marks }: MarkedSave,
    { key, writeId: before, marks: marksBefore }: SqliteBasis,
  ): number | undefined {
    const { writeId, step } = change
    const due = dueOrderOf(next) ?? null
    if (step === undefined) {
      const { changes } =
        marks === marksBefore
          ? this.#amend.run(writeId, due, encodeHead(next), key, before)
          : this.#amendMarked.run(writeId, due, encodeHead(next), marks, key, before)
      return changes === 0 ? undefined : key
    }
    if (this.#append.run(...entry(step, writeId), key, before).changes === 0) return undefined
    const business = next.business?.id ?? null
    const final = next.isFinal ? 1 : 0
    const values = [writeId, due, next.state, final, business, encodeHead(next), encodeMetadata(next)]
    if (marks === marksBefore) this.#move.run(...values, key)
    else this.#moveMarked.run(...values, marks, key)
    return key
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

/** A save with the marks of its head. */
interface MarkedSave extends Pick<SqliteSave, 'change' | 'next'> {
  readonly marks: number
}

interface EventRow {
  readonly write_id: WriteId
}

const CONFLICT: Saved = Object.freeze({ kind: 'conflict' })
const DUPLICATE: Saved = Object.freeze({ kind: 'duplicate' })

function entry(step: Step, writeId: WriteId): [string, string, number, string, string] {
  return [step.event.id, step.event.label, step.number, writeId, encodeHistoryRow(step)]
}
