import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StoredRecord } from '../../../src/ports/persistency.ts'
import { allRows, firstRow } from './rows.ts'

/** The service's own records, in a table beside the sagas. Each write is a transaction of its own. */
export class SqliteRecords {
  readonly #read: StatementSync
  readonly #create: StatementSync
  readonly #update: StatementSync
  readonly #keys: StatementSync
  readonly #remove: StatementSync

  constructor(db: DatabaseSync) {
    const version = 'lower(hex(randomblob(8)))'
    this.#read = db.prepare('SELECT text, version FROM records WHERE key = ?')
    this.#create = db.prepare(
      `INSERT INTO records (key, version, text) VALUES (?, ${version}, ?) ON CONFLICT DO NOTHING RETURNING text, version`,
    )
    this.#update = db.prepare(
      `UPDATE records SET version = ${version}, text = ? WHERE key = ? AND version = ? RETURNING text, version`,
    )
    this.#keys = db.prepare('SELECT key FROM records WHERE key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?')
    this.#remove = db.prepare('DELETE FROM records WHERE key = ?')
  }

  read(key: string): StoredRecord | undefined {
    return firstRow<StoredRecord>(this.#read, key)
  }

  write(key: string, text: string, version: string | 'absent'): StoredRecord | undefined {
    if (version === 'absent') return firstRow<StoredRecord>(this.#create, key, text)
    return firstRow<StoredRecord>(this.#update, text, key, version)
  }

  keys(prefix: string, limit: number, after = ''): readonly string[] {
    const found = allRows<{ readonly key: string }>(this.#keys, after, prefix, `${prefix}\u007f`, limit)
    return found.map(({ key }) => key)
  }

  remove(key: string): void {
    this.#remove.run(key)
  }
}
