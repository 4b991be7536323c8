import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { encodeDocument } from '../../../src/codec/encode-document.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { SagaId } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { ListQuery, Page } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { TAKE_OVER } from './lock.ts'
import { failure } from './failure.ts'
import { SqliteHistory } from './history.ts'
import { SqliteList } from './list.ts'
import { SqliteReader } from './read.ts'
import { mustBeCurrent } from './schema.ts'

/**
 * Opens the file of a store to read its sagas, also while a service owns it: it takes no lock, ends no lease and migrates nothing.
 * Throws `store-unusable` where the file is not ours or of another version, `store-unavailable` where it cannot be opened.
 */
export function openSqliteToRead(path: string): SqliteReading {
  let db: DatabaseSync | undefined
  try {
    if (!existsSync(path)) throw new BatutaError('store-unavailable', `open the store "${path}": there is no such file`)
    db = new DatabaseSync(path, { readOnly: true })
    db.exec(`PRAGMA busy_timeout = ${TAKE_OVER}`)
    mustBeCurrent(db, path)
    return new SqliteReading(path, db)
  } catch (thrown) {
    db?.close()
    throw failure('open the store', path, thrown)
  }
}

/** The sagas of a file, as a store answers them. */
export class SqliteReading {
  readonly name = 'sqlite'
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #list: SqliteList
  readonly #read: SqliteReader
  readonly #history: SqliteHistory

  constructor(path: string, db: DatabaseSync) {
    // A process that only reads has no events to give way to.
    const run: RunSlice = async (slice) => this.#ask(() => slice(() => false))
    this.#path = path
    this.#db = db
    this.#list = new SqliteList(db, { run, passOver: ignore })
    this.#read = new SqliteReader(db, ignore)
    this.#history = new SqliteHistory(db, { ask: (read) => this.#ask(read), run, whole: this.#read.whole })
  }

  page(query: ListQuery): Promise<Page> {
    return this.#list.page(query)
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const found = this.#ask(() => this.#read.found(id))
    return found && encodeDocument(found.saga, await this.#history.of(found))
  }

  async close(): Promise<void> {
    this.#db.close()
  }

  #ask<T>(read: () => T): T {
    try {
      return read()
    } catch (thrown) {
      throw failure('read the store', this.#path, thrown)
    }
  }
}

/** A saga that cannot be read is in the answers. */
function ignore(): void {
  return undefined
}
