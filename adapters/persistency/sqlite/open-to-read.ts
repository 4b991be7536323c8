import { DatabaseSync } from 'node:sqlite'
import { encodeDocument } from '../../../src/codec/encode-document.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { SagaId } from '../../../src/engine/saga.ts'
import type { ListQuery, Page } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { failure } from './failure.ts'
import { SqliteHistory } from './history.ts'
import { SqliteList } from './list.ts'
import { SqliteReader } from './read.ts'
import { mustBeCurrent } from './schema.ts'

/** The sagas of a file, to be looked at. */
export interface SqliteView {
  page(query: ListQuery): Promise<Page>
  document(id: SagaId): Promise<SagaDocument | undefined>
  close(): void
}

/**
 * Opens a file to read it, also beside the service that owns it: nothing is migrated, no lease is voided (P12). Throws where it is
 * missing, or of another version.
 */
export function openToRead(path: string): SqliteView {
  try {
    return viewOf(openedToRead(path))
  } catch (thrown) {
    throw failure('read the store', path, thrown)
  }
}

function openedToRead(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    db.exec('PRAGMA busy_timeout = 1000')
    mustBeCurrent(db, path)
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function viewOf(db: DatabaseSync): SqliteView {
  const passOver = () => undefined
  const list = new SqliteList(db, { run: atOnce, passOver })
  const reader = new SqliteReader(db, passOver)
  const history = new SqliteHistory(db, { ask: (read) => read(), run: atOnce, whole: reader.whole })
  return {
    page: (query) => list.page(query),
    async document(id) {
      const found = reader.found(id)
      return found && encodeDocument(found.saga, await history.of(found))
    },
    close: () => db.close(),
  }
}

/** Nothing else runs in this process. */
const atOnce: RunSlice = async (work) => work(() => false)
