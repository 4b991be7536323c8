import { linkSync, rmSync } from 'node:fs'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { BatutaError } from '../../../src/errors.ts'
import { failure, isBusy } from './failure.ts'
import { identityOf, LOCK, makeFile } from './files.ts'
import type { Identity } from './files.ts'

/**
 * Milliseconds that an opener waits for its predecessor to end. A killed one is gone at once: the lock is the kernel's.
 */
export const TAKE_OVER = 1_000

/**
 * One owner a file (P12). The lock is held on a second, empty database beside it, so that sqlite3, backups and replication can
 * read the store while it runs; `locking_mode = EXCLUSIVE` would keep them out.
 */
export class FileLock {
  readonly #path: string
  #held: HeldLock

  /** `real`: the path without links, so that two names share one lock. */
  constructor(real: string) {
    this.#path = real + LOCK
    this.#held = take(this.#path, TAKE_OVER)
  }

  /**
   * True while this process is the owner. A removed lock file is made again, unless another process did so first: then that one
   * is the owner.
   */
  isHeld(): boolean {
    if (identityOf(this.#path) === this.#held.identity) return true
    try {
      const again = restore(this.#path)
      this.#held.db.close()
      this.#held = again
      return true
    } catch {
      return false
    }
  }

  close(): void {
    this.#held.db.close()
  }
}

interface HeldLock {
  readonly db: DatabaseSync
  readonly identity: Identity
}

/** Tries again where the file was removed between its creation and the lock. */
function take(path: string, patience: number): HeldLock {
  for (;;) {
    makeFile(path)
    const identity = identityOf(path)
    const db = new DatabaseSync(path)
    try {
      db.exec(`PRAGMA busy_timeout = ${patience}`)
      db.prepare('BEGIN EXCLUSIVE').run()
    } catch (thrown) {
      db.close()
      throw thrown
    }
    if (identity !== undefined && identityOf(path) === identity) return { db, identity }
    db.close()
  }
}

/**
 * Takes a lock file's place again. The new file is locked before it has its name: an opener that waits for it would otherwise
 * find it unlocked for a moment, and become the owner of a store in use. Throws where another process has made one first.
 */
function restore(path: string): HeldLock {
  const unnamed = `${path}-${process.pid}`
  rmSync(unnamed, { force: true }) // of a process that was killed here
  const held = take(unnamed, 0)
  try {
    linkSync(unnamed, path)
    return held
  } catch (thrown) {
    held.db.close()
    throw thrown
  } finally {
    rmSync(unnamed, { force: true })
  }
}

/** The lock of a file; throws `store-busy` with the name that the user knows. */
export function own(path: string, real: string): FileLock {
  try {
    return new FileLock(real)
  } catch (thrown) {
    if (!isBusy(thrown)) throw failure('lock the store', path, thrown)
    throw busy(path, 'another process has it open, expected to be the only one')
  }
}

/** The error `store-busy`: another process owns the file (P12). */
export function busy(path: string, why: string): BatutaError {
  return new BatutaError('store-busy', `open the store "${path}": ${why}`)
}

/**
 * True where another process, a tool included, has the file open. SQLite's own lock is on the inode, so the name does not
 * matter.
 */
export function isInUse(real: string): boolean {
  const db = new DatabaseSync(real)
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE')
    db.prepare('BEGIN IMMEDIATE').run()
    db.prepare('ROLLBACK').run()
    return false
  } catch (thrown) {
    return isBusy(thrown) // other errors are reported by the opening itself
  } finally {
    db.close()
  }
}
