import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Saga, SagaId } from '../../../src/engine/saga.ts'
import { isBusy } from './failure.ts'

/** A write costs the disk a sync, and probes are open to everybody: more often than so nobody learns anything new. */
const AT_MOST_EVERY = 1_000
/** After a save that failed it is tried sooner, so that whoever asks next is told. */
const IN_DOUBT = 100

/**
 * Whether the file can be read, and written as a save does: a saga that is none goes through every table and index and out again
 * in one transaction, so that nobody sees it. On a disk that is full or no longer writable the file still reads, and with a
 * damaged page of an index too: that is an outage all the same (P20). A tool that writes just now is none.
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
  /** Of the last save that failed: what is written like it meets the same pages. */
  #doubted: Saga | undefined
  /** Sagas that could not be saved since one was created last. */
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
      "UPDATE sagas SET due = 0, state = '', final = 1 - final, business = 0, head = '-' WHERE key = ?",
    )
    this.#leave = [db.prepare('DELETE FROM history WHERE saga = ?'), db.prepare('DELETE FROM sagas WHERE key = ?')]
    this.#mark = db.prepare("REPLACE INTO probe (once, asked) VALUES (1, unixepoch('subsec'))")
  }

  /** Throws where it cannot. */
  ask(): void {
    this.#read.get()
    const since = performance.now() - this.#tried
    const isWell = this.#failure === undefined
    if (!isWell || since >= (this.#doubted === undefined ? AT_MOST_EVERY : IN_DOUBT)) this.#try()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** A save has failed, and not because a tool holds the file. */
  doubt(next: Saga): void {
    this.#doubted = next
    if (this.#failed.size < 2) this.#failed.add(next.id)
  }

  /** A saga was created. */
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

  /** Of the last save that failed, so that the same pages are met. What fails for one entity alone is no outage. */
  #values(): readonly [string, number, string, number, string, number, string | number] {
    const { id = '', createdAt = Date.now(), due = 0, state = '', isFinal, business, ...doubted } = this.#doubted ?? {}
    const entity = this.#failed.size > 1 && 'entity' in doubted ? doubted.entity : ''
    // Right behind it: no saga has an id that ends so.
    return [`${id}\uffff`, createdAt, entity, due, state, isFinal === true ? 1 : 0, business?.id ?? 0]
  }

  /** SQLite may have rolled back already, and then says that there is nothing to roll back. */
  #undo(): void {
    try {
      this.#rollback.run()
    } catch {
      return
    }
  }
}
