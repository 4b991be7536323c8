import type { DatabaseSync } from 'node:sqlite'
import { BatutaError } from '../../../src/errors.ts'

/** `BATU`, in the header of every file of ours (`file saga.db` shows it). */
export const APPLICATION = 0x42415455

/**
 * When a saga was written last, as its head says: the expression of the index `sagas_ended`, by which alone that index serves.
 * A head that is no JSON any more has none.
 */
export const ENDED = "CASE WHEN json_valid(head) THEN json_extract(head, '$.updated') END"

/**
 * Each brings a file from the version of its place to the next one. What stands here has run on somebody's disk: add, never
 * change.
 *
 * A history row costs one tree: its key is what a duplicate is found by (P7), and rows of sagas that are alive lie close
 * together, `key` being given in the order of creation. A step touches the same few pages at any length.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE sagas (
     key INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     write_id TEXT NOT NULL,
     created REAL NOT NULL,
     entity TEXT NOT NULL,
     due REAL,
     state TEXT NOT NULL,
     final INTEGER NOT NULL,
     business ANY,
     head TEXT NOT NULL,
     metadata TEXT NOT NULL
   ) STRICT;
   CREATE TABLE history (
     saga INTEGER NOT NULL,
     event TEXT NOT NULL,
     label TEXT NOT NULL,
     number INTEGER NOT NULL,
     write_id TEXT NOT NULL,
     passage TEXT NOT NULL,
     PRIMARY KEY (saga, event, label)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX sagas_due ON sagas (due) WHERE due IS NOT NULL;
   CREATE INDEX sagas_created ON sagas (created);
   CREATE INDEX sagas_entity ON sagas (entity, created);
   CREATE INDEX sagas_state ON sagas (state, created);
   CREATE INDEX sagas_open ON sagas (created) WHERE final = 0;
   CREATE INDEX sagas_business ON sagas (business, created) WHERE business IS NOT NULL;`,
  `CREATE TABLE adopted (once INTEGER PRIMARY KEY) STRICT;
   CREATE TABLE probe (once INTEGER PRIMARY KEY, asked REAL NOT NULL) STRICT;`,
  // An entry a saga, written when it is final: steps before that cost nothing.
  `CREATE INDEX sagas_final ON sagas (created) WHERE final = 1;
   CREATE INDEX sagas_ended ON sagas (${ENDED}) WHERE final = 1 AND due IS NULL;`,
]

/** Is told before a file that is in use is brought up to date: at a million sagas an index takes some seconds. */
export type TellUpgrade = (from: number, to: number) => void

/** Brings the file to the newest version, whole or not at all. */
export function migrate(
  db: DatabaseSync,
  path: string,
  migrations: readonly string[] = MIGRATIONS,
  tell?: TellUpgrade,
): void {
  const version = versionOf(db, path, migrations.length)
  if (version === migrations.length) return
  if (version > 0) tell?.(version, migrations.length)
  db.prepare('BEGIN IMMEDIATE').run()
  try {
    for (const migration of migrations.slice(version)) db.exec(migration)
    db.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${migrations.length}`)
    db.prepare('COMMIT').run()
  } catch (thrown) {
    if (db.isTransaction) db.prepare('ROLLBACK').run()
    throw thrown
  }
}

function versionOf(db: DatabaseSync, path: string, known: number): number {
  const application = pragma(db, 'application_id')
  const version = pragma(db, 'user_version')
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (isEmpty && application === 0) return 0
  if (application !== APPLICATION)
    throw unusable(path, 'a file of ours or an empty one', 'the database of another program')
  if (version > known)
    throw unusable(path, `schema version ${known} or older`, `version ${version}, made by a newer Batuta`)
  return version
}

function pragma(db: DatabaseSync, name: string): number {
  const [value] = Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})
  return Number(value)
}

function unusable(path: string, expected: string, found: string): BatutaError {
  return new BatutaError('store-unusable', `open the store "${path}": expected ${expected}, found ${found}`)
}
