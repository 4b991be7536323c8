import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Instant } from '../../../src/engine/saga.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { allRows } from './rows.ts'
import { ENDED } from './schema.ts'

/** History rows that one statement deletes, and sagas that one slice looks for. */
const ROWS = 256
const SAGAS = 64

/**
 * Removes final sagas, in slices: each is one transaction within one turn of the event loop. A saga's head goes last, so that
 * an interrupted removal is found again.
 */
export class SqliteRemoval {
  readonly #db: DatabaseSync
  readonly #run: RunSlice
  readonly #old: StatementSync
  readonly #history: StatementSync
  readonly #saga: StatementSync

  constructor(db: DatabaseSync, run: RunSlice) {
    this.#db = db
    this.#run = run
    // A damaged head has no instant and stays.
    this.#old = db.prepare(
      `SELECT key FROM sagas INDEXED BY sagas_ended WHERE final = 1 AND due IS NULL AND ${ENDED} < ? ORDER BY ${ENDED} LIMIT ?`,
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
        const keys = allRows<{ readonly key: number }>(this.#old, before, Math.min(SAGAS, limit - removed))
        isDone = keys.length === 0
        if (!isDone) removed += this.#whole(() => this.#remove(keys, isOver))
      })
    }
    return removed
  }

  /** Removes at least a part of the first saga, until the slice is over: a history may have any length. */
  #remove(keys: readonly { readonly key: number }[], isOver: () => boolean): number {
    for (const [removed, { key }] of keys.entries()) {
      while (this.#history.run(key).changes === ROWS) if (isOver()) return removed
      this.#saga.run(key)
      if (isOver()) return removed + 1
    }
    return keys.length
  }

  #whole<T>(write: () => T): T {
    this.#db.prepare('BEGIN IMMEDIATE').run()
    try {
      const done = write()
      this.#db.prepare('COMMIT').run()
      return done
    } catch (thrown) {
      if (this.#db.isTransaction) this.#db.prepare('ROLLBACK').run()
      throw thrown
    }
  }
}
