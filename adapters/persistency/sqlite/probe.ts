import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Saga, SagaId } from '../../../src/engine/saga.ts'
import { ALL_MARKS } from '../../../src/codec/mark-filter.ts'
import { isBusy } from './failure.ts'
import { marked } from './marks.ts'

/** Milliseconds between two write probes: a write costs a sync of the disk, and probes are open to everybody. */
const AT_MOST_EVERY = 1_000
/** The same after a save that failed, so that the next caller hears of it. */
const IN_DOUBT = 100

/** Puts a row into the index of every mark. */
const MARKED = ALL_MARKS.map(marked).join(', ')

/**
 * Probes reads and writes: a row that is no saga passes through every table and index and is deleted in the same transaction,
 * so that no reader sees it. A full or read-only disk can still be read, and so can a file with a damaged index page; both are
 * outages (P20). A tool that writes right now is none.
 */
export class SqliteProbe {
  readonly #read: StatementSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #create: StatementSync
  readonly #append: StatementSync
  readonly #move: StatementSync
  readonly #leave: readonly StatementSync[]
  readonly #mark: StatementSync
  #tried = Number.NEGATIVE_INFINITY
  #failure: unknown
  /** Head of the last save that failed: a similar row meets the same pages. */
  #doubted: Saga | undefined
  /** Ids whose saves failed since the last creation that succeeded. */
  readonly #failed = new Set<SagaId>()

  constructor(db: DatabaseSync) {
    this.#read = db.prepare('SELECT id FROM sagas LIMIT 1')
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#rollback = db.prepare('ROLLBACK')
    this.#create = db.prepare(
      `INSERT INTO sagas (id, write_id, created, entity, due, state, final, business, head, metadata)
       VALUES (?, '', ?, ?, ?, ?, ?, ?, '', '')`,
    )
    this.#append = db.prepare(
      "INSERT INTO history (saga, event, label, number, write_id, passage) VALUES (?, '', '', 0, '', '')",
    )
    this.#move = db.prepare(
      `UPDATE sagas SET due = 0, state = '', final = 1 - final, business = 0, head = '-', ${MARKED} WHERE key = ?`,
    )
    this.#leave = [db.prepare('DELETE FROM history WHERE saga = ?'), db.prepare('DELETE FROM sagas WHERE key = ?')]
    this.#mark = db.prepare("REPLACE INTO probe (once, asked) VALUES (1, unixepoch('subsec'))")
  }

  /** Throws where the file cannot be read or written. */
  ask(): void {
    this.#read.get()
    const since = performance.now() - this.#tried
    const isWell = this.#failure === undefined
    if (!isWell || since >= (this.#doubted === undefined ? AT_MOST_EVERY : IN_DOUBT)) this.#try()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Notes a save that failed for another reason than a busy file. */
  doubt(next: Saga): void {
    this.#doubted = next
    if (this.#failed.size < 2) this.#failed.add(next.id)
  }

  /** Notes a creation that succeeded. */
  trust(): void {
    this.#failed.clear()
  }

  #try(): void {
    this.#tried = performance.now()
    try {
      this.#rehearse()
      this.#failure = undefined
      this.#doubted = undefined
    } catch (thrown) {
      if (isBusy(thrown)) this.#tried = Number.NEGATIVE_INFINITY
      else this.#failure = thrown
    }
  }

  #rehearse(): void {
    this.#begin.run()
    try {
      const key = this.#create.run(...this.#values()).lastInsertRowid
      this.#append.run(key)
      this.#move.run(key)
      for (const statement of this.#leave) statement.run(key)
      this.#mark.run()
      this.#commit.run()
    } catch (thrown) {
      this.#undo()
      throw thrown
    }
  }

  /**
   * Values like those of the last save that failed, so that the same pages are met. A failure of one entity alone is no outage.
   */
  #values(): readonly [string, number, string, number, string, number, string | number] {
    const { id = '', createdAt = Date.now(), due = 0, state = '', isFinal, business, ...doubted } = this.#doubted ?? {}
    const entity = this.#failed.size > 1 && 'entity' in doubted ? doubted.entity : ''
    // Sorts right after that saga: no saga's id ends so.
    return [`${id}\uffff`, createdAt, entity, due, state, isFinal === true ? 1 : 0, business?.id ?? 0]
  }

  /** SQLite may have rolled back already; then ROLLBACK fails. */
  #undo(): void {
    try {
      this.#rollback.run()
    } catch {
      return
    }
  }
}
