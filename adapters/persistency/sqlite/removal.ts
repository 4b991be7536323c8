import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Instant } from '../../../src/engine/saga.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { MARK_BITS, marked } from './marks.ts'
import type { NumbersParts } from './numbers.ts'
import { allRows } from './rows.ts'
import { ENDED } from './schema.ts'
import type { SqliteTally } from './tally.ts'
import type { StableColumns } from './update.ts'

/** History rows that one statement deletes, and sagas that one slice looks for. */
const ROWS = 256
const SAGAS = 64

interface RemovedRow extends StableColumns {
  readonly key: number
}

/**
 * Removes final sagas, in slices: each is one transaction within one turn of the event loop. A saga's head goes last, so that
 * an interrupted removal is found again.
 */
export class SqliteRemoval {
  readonly #db: DatabaseSync
  readonly #run: RunSlice
  readonly #tally: SqliteTally
  readonly #old: StatementSync
  readonly #history: StatementSync
  readonly #saga: StatementSync

  constructor(db: DatabaseSync, { run, tally }: NumbersParts) {
    this.#db = db
    this.#run = run
    this.#tally = tally
    // A damaged head has no instant and stays. A held saga may owe what is not due.
    this.#old = db.prepare(
      `SELECT key, state, final, business, ${MARK_BITS} AS marks FROM sagas INDEXED BY sagas_ended WHERE final = 1 AND due IS NULL AND NOT ${marked('owed')} AND ${ENDED} < ? ORDER BY ${ENDED} LIMIT ?`,
    )
    this.#history = db.prepare(
      `DELETE FROM history WHERE saga = ?1 AND (event, label) IN (SELECT event, label FROM history WHERE saga = ?1 LIMIT ${ROWS})`,
    )
    this.#saga = db.prepare('DELETE FROM sagas WHERE key = ?')
  }

  async removeFinal(before: Instant, limit: number): Promise<number> {
    let removed = 0
    for (let isDone = false; !isDone && removed < limit;) {
      await this.#run((isOver) => {
        const rows = allRows<RemovedRow>(this.#old, before, Math.min(SAGAS, limit - removed))
        isDone = rows.length === 0
        if (!isDone) removed += this.#whole(() => this.#remove(rows, isOver))
      })
    }
    return removed
  }

  /** Removes at least a part of the first saga, until the slice is over: a history may have any length. */
  #remove(rows: readonly RemovedRow[], isOver: () => boolean): number {
    for (const [removed, row] of rows.entries()) {
      while (this.#history.run(row.key).changes === ROWS) if (isOver()) return removed
      this.#saga.run(row.key)
      this.#tally.moved(row, undefined)
      if (isOver()) return removed + 1
    }
    return rows.length
  }

  #whole<T>(write: () => T): T {
    this.#db.prepare('BEGIN IMMEDIATE').run()
    try {
      const done = write()
      this.#db.prepare('COMMIT').run()
      this.#tally.committed()
      return done
    } catch (thrown) {
      this.#tally.failed()
      if (this.#db.isTransaction) this.#db.prepare('ROLLBACK').run()
      throw thrown
    }
  }
}
