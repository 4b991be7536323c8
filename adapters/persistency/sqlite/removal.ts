import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Instant } from '../../../src/engine/saga.ts'

/** Takes away what nobody needs any more: a page in one transaction, begun and ended within one turn of the event loop. */
export class Removal {
  readonly #db: DatabaseSync
  readonly #old: StatementSync
  readonly #history: StatementSync
  readonly #saga: StatementSync

  constructor(db: DatabaseSync) {
    this.#db = db
    // What is damaged stays. A saga is never written before it was created, so the index on `created` narrows the look.
    this.#old = db.prepare(
      `SELECT key FROM sagas WHERE created < ?1 AND final = 1 AND due IS NULL
         AND CASE WHEN json_valid(head) THEN json_extract(head, '$.updated') END < ?1 LIMIT ?2`,
    )
    this.#history = db.prepare('DELETE FROM history WHERE saga = ?')
    this.#saga = db.prepare('DELETE FROM sagas WHERE key = ?')
  }

  removeFinal(before: Instant, limit: number): number {
    this.#db.prepare('BEGIN IMMEDIATE').run()
    try {
      const keys = this.#old.all(before, limit) as { readonly key: number }[]
      for (const { key } of keys) {
        this.#history.run(key)
        this.#saga.run(key)
      }
      this.#db.prepare('COMMIT').run()
      return keys.length
    } catch (thrown) {
      if (this.#db.isTransaction) this.#db.prepare('ROLLBACK').run()
      throw thrown
    }
  }
}
