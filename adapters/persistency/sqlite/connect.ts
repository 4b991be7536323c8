import { existsSync, realpathSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { RESTING } from '../../../src/codec/due-order.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Log } from '../../../src/ports/runtime.ts'
import { failure, isDamage } from './failure.ts'
import { closeToOthers, exposureOf, identityOf, LOCK, LOG, makeFile, makeFolderOf } from './files.ts'
import { busy, isInUse, own, TAKE_OVER } from './lock.ts'
import type { FileLock } from './lock.ts'
import { LOOK, FileWatch } from './file-watch.ts'
import { MARK_INDEXES, marked } from './marks.ts'
import { migrate } from './schema.ts'

/** An open database, the lock on its file, and the watch over it. */
export interface SqliteDatabase {
  readonly db: DatabaseSync
  readonly place: FileWatch
  /** Writes the write-ahead log back into the file and closes it. */
  close(): void
}

/** The log of a store. */
export type StoreLog = Pick<Log, 'write'>

/** Milliseconds that an opener waits for an owner whose lock file was removed; the owner restores it when it looks. */
const OWNER_LOOKS = 10 * LOOK
/** Most milliseconds that a statement blocks the process while a tool reads or copies the file (P22). */
export const BUSY_TIMEOUT = 5

/** Milliseconds that no lease exceeds, unless a channel has a longer time-out: then an offer waits for its end. */
const LONGEST_LEASE = 600_000

const SETTINGS = [
  // Nothing runs yet that could be blocked: a tool that holds the file for a moment must not prevent a start.
  `PRAGMA busy_timeout = ${TAKE_OVER}`,
  'PRAGMA synchronous = FULL',
  'PRAGMA foreign_keys = OFF',
  'PRAGMA temp_store = MEMORY',
  // KiB, resident once read or written. A whole group of small sagas fits, so that no page is written twice; the system's cache
  // has the rest of the file.
  'PRAGMA cache_size = -16384',
  // In pages. The commit that reaches it writes them back on the thread of events (I5). Among a million sagas nearly every page is
  // another one: twice as many double the 99th percentile of an event there. Fewer cost a busy small store a sync for every few commits.
  'PRAGMA wal_autocheckpoint = 500',
  'PRAGMA journal_size_limit = 67108864',
]

/** Opens the file for this process alone, creates it and its folder where they are missing, and migrates it. */
export function openDatabase(path: string, log?: StoreLog): SqliteDatabase {
  try {
    makeFolderOf(path)
    mustNotBeCut(path)
    makeFile(path)
    const real = realpathSync(path)
    const lock = ownAlone(path, real)
    closeToOthers(real)
    const exposure = exposureOf(real)
    if (exposure !== undefined) log?.write('store.exposed', { path, why: exposure })
    return prepared({ path, real }, lock, log)
  } catch (thrown) {
    throw failure('open the store', path, thrown)
  }
}

/**
 * Refuses an empty file beside a log that is not empty: the file was cut, and SQLite would drop the log, which may be all that
 * is left.
 */
function mustNotBeCut(path: string): void {
  if (!existsSync(path)) return
  const log = realpathSync(path) + LOG
  const { size } = statSync(path)
  if (size > 0 || (statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  const advice = 'put the file back from a copy, or remove the log too to begin anew'
  throw new BatutaError(
    'store-unusable',
    `open the store "${path}": the file is empty, its log "${log}" is not; ${advice}`,
  )
}

/** A file's path as configured, and without links. */
interface FilePaths {
  readonly path: string
  readonly real: string
}

function prepared({ path, real }: FilePaths, lock: FileLock, log: StoreLog | undefined): SqliteDatabase {
  const tell = (from: number, to: number) => log?.write('store.migrating', { path, from, to })
  let db: DatabaseSync | undefined
  let place: FileWatch | undefined
  try {
    place = new FileWatch({ path, real, lock, log })
    db = new DatabaseSync(real)
    configure(db, path)
    migrate(db, path, { tell })
    voidLeases(db)
    writeBack(db)
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`)
    place.watch(db)
    return { db, place, close: closer(db, place, lock) }
  } catch (thrown) {
    db?.close()
    place?.close()
    lock.close()
    throw thrown
  }
}

/**
 * Takes the lock of this name and refuses a file that is open under another one: a hard link, or its name before a move. A
 * write-ahead log goes by the name, so two names of one file are two logs.
 */
function ownAlone(path: string, real: string): FileLock {
  const hadLock = identityOf(real + LOCK) !== undefined
  const file = statSync(real)
  const { nlink, size } = file
  if (!file.isFile()) throw new Error('expected a file')
  if (nlink > 1 && !hadLock) throw linked(path, nlink)
  if (!hadLock && size > 0) awaitOwner(real)
  const lock = own(path, real)
  if (nlink > 1 && size > 0 && isInUse(real)) {
    lock.close()
    throw busy(path, `another process has it open under one of its ${nlink} names, expected to be the only one`)
  }
  return lock
}

function linked(path: string, names: number): BatutaError {
  const why = `the file has ${names} names (hard links) and was not opened under this one before`
  const advice = 'its write-ahead log goes by the name: remove the others, or use the one that it was opened under'
  return new BatutaError('store-unusable', `open the store "${path}": ${why}; ${advice}`)
}

/** The file is open and has no lock: by a tool, or by an owner whose lock file was removed and who restores it. */
function awaitOwner(real: string): void {
  const until = performance.now() + OWNER_LOOKS
  while (performance.now() < until && identityOf(real + LOCK) === undefined && isInUse(real)) sleep(LOOK / 10)
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
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

/** Sagas that owe: of the others, and of held ones (P26), `due` is the end of no lease. */
const LEASED = `${marked('owed')} AND NOT ${marked('hold')} AND due > 0`

/**
 * Sagas that owe nothing and come due so soon that it may be an offer of parked events, in a turn that has died (P10). Those that rest
 * stay among the resting ones.
 */
const OFFERED = `${marked('parked')} AND NOT ${marked('owed')} AND NOT ${marked('hold')}
  AND due > ${RESTING} AND due < ${RESTING} + unixepoch() * 1000 + ${LONGEST_LEASE}`

/**
 * Ends every lease: this process is the only one, so the holder has ended. Owed commands and offers of parked events are due now (P12).
 */
function voidLeases(db: DatabaseSync): void {
  try {
    db.prepare(`UPDATE sagas INDEXED BY ${MARK_INDEXES.owed} SET due = 0 WHERE ${LEASED}`).run()
    db.prepare(`UPDATE sagas INDEXED BY ${MARK_INDEXES.parked} SET due = ${RESTING} WHERE ${OFFERED}`).run()
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    voidOneByOne(db)
  }
}

/** The same saga by saga: a damaged page costs its own sagas only, and their readers report them (P20). */
function voidOneByOne(db: DatabaseSync): void {
  const owing = `SELECT key FROM sagas INDEXED BY ${MARK_INDEXES.owed} WHERE ${marked('owed')}` // reads no page of the table
  const keys = db.prepare(owing).all() as { readonly key: number }[]
  const read = db.prepare('SELECT write_id, held FROM sagas WHERE key = ?')
  // Before the first write: a transaction that met damage cannot be committed.
  const whole = keys.filter(({ key }) => isReadable(() => read.get(key)))
  const one = db.prepare(`UPDATE sagas SET due = 0 WHERE key = ? AND ${LEASED}`)
  db.prepare('BEGIN IMMEDIATE').run()
  for (const { key } of whole) one.run(key)
  db.prepare('COMMIT').run()
}

function isReadable(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    return false
  }
}

/**
 * Writes back what the opening and a killed predecessor left in the log: a tenth of a second at a million sagas, spent here,
 * before requests wait for the thread of events (I5).
 */
function writeBack(db: DatabaseSync): void {
  db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()
  db.prepare("REPLACE INTO probe (once, asked) VALUES (1, unixepoch('subsec'))").run()
}

/** A lost file stays as it is: SQLite may write the log back only while it is still ours. */
function closer(db: DatabaseSync, place: FileWatch, lock: FileLock): () => void {
  return () => {
    const { isOurs } = place
    try {
      if (!place.isLost) db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    } finally {
      if (isOurs) db.close()
      place.close(!isOurs)
      lock.close()
    }
  }
}
