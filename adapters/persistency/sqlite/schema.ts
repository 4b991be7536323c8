import type { DatabaseSync } from 'node:sqlite'
import { BatutaError } from '../../../src/errors.ts'

/** `BATU`, in the header of every file of ours; `file saga.db` shows it. */
export const APPLICATION = 0x42415455

/**
 * Instant of a saga's last write, by its head. The index `sagas_ended` is on this very expression. A head that is no JSON has
 * none.
 */
export const ENDED = "CASE WHEN json_valid(head) THEN json_extract(head, '$.updated') END"

/**
 * The step from each version to the next one. These have run on users' disks: add, never change.
 *
 * A history row is in one tree: its key finds duplicates (P7), and rows of live sagas lie close together, since `key` grows
 * with creation. A step touches the same few pages at any length.
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
  // One entry a saga, written when it becomes final: earlier steps cost nothing.
  `CREATE INDEX sagas_final ON sagas (created) WHERE final = 1;
   CREATE INDEX sagas_ended ON sagas (${ENDED}) WHERE final = 1 AND due IS NULL;`,
  `CREATE TABLE records (key TEXT PRIMARY KEY, version TEXT NOT NULL, text TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  // A bit for each mark, filled from the heads, and an index on each.
  `ALTER TABLE sagas ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;
   UPDATE sagas SET marks = (json_type(head, '$.owed') IS NOT NULL) * 1 + (json_type(head, '$.dead') IS NOT NULL) * 2
     + (json_type(head, '$.parked') IS NOT NULL) * 4 + (json_type(head, '$.timer') IS NOT NULL) * 8
     + (json_type(head, '$.hold') IS NOT NULL) * 16
     WHERE (instr(head, '"owed":') > 0 OR instr(head, '"dead":') > 0 OR instr(head, '"parked":') > 0
       OR instr(head, '"timer":') > 0 OR instr(head, '"hold":') > 0) AND json_valid(head);
   CREATE INDEX sagas_owed ON sagas (created) WHERE marks & 1;
   CREATE INDEX sagas_dead ON sagas (created) WHERE marks & 2;
   CREATE INDEX sagas_parked ON sagas (created) WHERE marks & 4;
   CREATE INDEX sagas_timed ON sagas (created) WHERE marks & 8;
   CREATE INDEX sagas_held ON sagas (created) WHERE marks & 16;`,
  // A column for each mark in place of the bits: a write that changes one mark does not touch the indexes of the others. The column
  // `marks` stays, 0 from now on, since its removal would write every row anew.
  `DROP INDEX sagas_owed;
   DROP INDEX sagas_dead;
   DROP INDEX sagas_parked;
   DROP INDEX sagas_timed;
   DROP INDEX sagas_held;
   ALTER TABLE sagas ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sagas ADD COLUMN dead INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sagas ADD COLUMN parked INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sagas ADD COLUMN timed INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sagas ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
   UPDATE sagas SET owed = marks & 1, dead = (marks >> 1) & 1, parked = (marks >> 2) & 1, timed = (marks >> 3) & 1,
     held = (marks >> 4) & 1, marks = 0 WHERE marks <> 0;
   CREATE INDEX sagas_owed ON sagas (created) WHERE owed = 1;
   CREATE INDEX sagas_dead ON sagas (created) WHERE dead = 1;
   CREATE INDEX sagas_parked ON sagas (created) WHERE parked = 1;
   CREATE INDEX sagas_timed ON sagas (created) WHERE timed = 1;
   CREATE INDEX sagas_held ON sagas (created) WHERE held = 1;`,
]

/** Called before a file in use is migrated: an index takes some seconds at a million sagas. */
export type TellUpgrade = (from: number, to: number) => void

/** Options of `migrate`. */
export interface MigrateOptions {
  readonly migrations?: readonly string[]
  readonly tell?: TellUpgrade
}

/** Migrates the file to the newest version, whole or not at all. */
export function migrate(db: DatabaseSync, path: string, { migrations = MIGRATIONS, tell }: MigrateOptions = {}): void {
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

/** Refuses a file that is not ours, or not of the newest version: a reader migrates nothing. */
export function mustBeCurrent(db: DatabaseSync, path: string): void {
  const version = versionOf(db, path, MIGRATIONS.length)
  if (version !== MIGRATIONS.length)
    throw unusable(path, `schema version ${MIGRATIONS.length}, which a start makes`, `version ${version}`)
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
