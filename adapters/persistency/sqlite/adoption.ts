import type { DatabaseSync } from 'node:sqlite'

/**
 * The mark that the file is in use: a new file in its place has lost its sagas, one that is only empty has not (P22).
 */
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
