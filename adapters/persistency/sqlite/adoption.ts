import type { DatabaseSync } from 'node:sqlite'

/** Whether the file was taken into use: a new one in its place has lost what was in it, one that is merely empty has not (P22). */
export class SqliteAdoption {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  isAdopted(): boolean {
    return this.#db.prepare('SELECT 1 FROM adopted').get() !== undefined
  }

  adopt(): void {
    this.#db.prepare('INSERT OR IGNORE INTO adopted (once) VALUES (1)').run()
  }
}
