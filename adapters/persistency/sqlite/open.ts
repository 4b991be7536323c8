import { mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BatutaError } from '../../../src/errors.ts'
import { failure, isBusy } from './failure.ts'
import { migrate, MIGRATIONS } from './schema.ts'
import type { TellUpgrade } from './schema.ts'

export interface Database {
  readonly db: DatabaseSync
  /** Writes the log back into the file and lets go of it. */
  close(): void
}

/** How long an opener waits for its predecessor to be gone. A killed one is gone at once: the lock is the kernel's. */
const TAKE_OVER = 1_000
/** Longest that a statement blocks the process while a tool reads or copies the file (P22). */
export const BUSY_TIMEOUT = 5

const SETTINGS = [
  // Nothing runs yet that could be held up: a tool that holds the file for a moment is no reason not to start.
  `PRAGMA busy_timeout = ${TAKE_OVER}`,
  'PRAGMA synchronous = FULL',
  'PRAGMA foreign_keys = OFF',
  'PRAGMA temp_store = MEMORY',
  // A whole group fits into the cache, so none is written twice.
  'PRAGMA cache_size = -65536',
  'PRAGMA wal_autocheckpoint = 4096',
  'PRAGMA journal_size_limit = 67108864',
]

/** Opens the file for this process alone, makes it and its folder where they are missing, and brings it up to date. */
export function openDatabase(path: string, tell?: TellUpgrade): Database {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const lock = own(path)
    return prepared(path, lock, tell)
  } catch (thrown) {
    throw failure('open the store', path, thrown)
  }
}

function prepared(path: string, lock: DatabaseSync, tell?: TellUpgrade): Database {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path)
    configure(db, path)
    migrate(db, path, MIGRATIONS, tell)
    voidLeases(db)
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`)
    return { db, close: closer(db, lock) }
  } catch (thrown) {
    db?.close()
    lock.close()
    throw thrown
  }
}

/**
 * One owner a file (P12: nobody else can hold a lease). The lock is that of a second, empty database beside it, so that
 * sqlite3, backups and replication can still read the store while it runs; `locking_mode = EXCLUSIVE` would shut them out.
 */
function own(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${real(path)}-lock`)
  try {
    lock.exec(`PRAGMA busy_timeout = ${TAKE_OVER}`)
    lock.prepare('BEGIN EXCLUSIVE').run()
    return lock
  } catch (thrown) {
    lock.close()
    if (!isBusy(thrown)) throw thrown
    throw new BatutaError(
      'store-busy',
      `open the store "${path}": another process has it open, expected to be the only one`,
    )
  }
}

/** The same file by whatever name, so that two names are one lock. */
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function configure(db: DatabaseSync, path: string): void {
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()
  if (mode?.['journal_mode'] !== 'wal') {
    throw new BatutaError(
      'store-unusable',
      `open the store "${path}": expected a file system that can hold a write-ahead log`,
    )
  }
  for (const setting of SETTINGS) db.exec(setting)
}

/** Whoever held a lease is dead: we are the only one. What is owed is due now, whatever its lease says (P12). */
function voidLeases(db: DatabaseSync): void {
  db.prepare('UPDATE sagas SET due = 0 WHERE due > 0').run()
}

function closer(db: DatabaseSync, lock: DatabaseSync): () => void {
  return () => {
    try {
      db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    } finally {
      db.close()
      lock.close()
    }
  }
}
