import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { clearInterval, setInterval } from 'node:timers'
import { BatutaError, messageOf } from '../../../src/errors.ts'
import type { Log } from '../../../src/ports/runtime.ts'
import { identityOf, INDEX, LOG } from './files.ts'
import type { Identity } from './files.ts'
import type { FileLock } from './lock.ts'
import { APPLICATION } from './schema.ts'

/**
 * Milliseconds between two looks without requests: an owner whose lock file was removed must restore it before the next opener
 * gives up.
 */
export const LOOK = 400

/** Options of `FileWatch`. */
export interface FileWatchOptions {
  /** Path as configured: the next start looks there. */
  readonly path: string
  /** Path without links: SQLite keeps its log beside it. */
  readonly real: string
  readonly lock: FileLock
  readonly log: Pick<Log, 'write'> | undefined
}

/**
 * Watches that the names still lead to the open files. A file that was removed, moved or replaced accepts writes until its
 * process ends, and then all of them are lost; so every commit is followed by a look before it is acknowledged (I1), and a loss
 * stays until a restart.
 */
export class FileWatch {
  readonly #options: FileWatchOptions
  readonly #handle: number
  readonly #file: Identity
  #db: DatabaseSync | undefined
  #log: Identity | undefined
  #index: Identity | undefined
  /** Size and time of change of the file: only a checkpoint changes them, and only `VACUUM` makes the file smaller. */
  #size = 0n
  #changed = 0n
  #dataVersion = 0
  #lost: string | undefined
  #isIntact = true
  #timer: ReturnType<typeof setInterval> | undefined

  /**
   * Before SQLite opens the file. The handle stays open, since closing it would drop SQLite's locks. It is opened for writing,
   * as SQLite does: on a union file system that may switch to another file.
   */
  constructor(options: FileWatchOptions) {
    this.#options = options
    this.#handle = openSync(options.real, 'r+')
    const { dev, ino } = fstatSync(this.#handle, { bigint: true })
    this.#file = `${dev}:${ino}`
  }

  /** Call with the lock held and after a write: the log and its index exist then. */
  watch(db: DatabaseSync): void {
    const { real } = this.#options
    this.#db = db
    this.#log = identityOf(real + LOG)
    this.#index = identityOf(real + INDEX)
    const { size, mtimeNs } = fstatSync(this.#handle, { bigint: true })
    this.#size = size
    this.#changed = mtimeNs
    this.#dataVersion = dataVersionOf(db)
    this.check()
    this.#timer = setInterval(() => this.#lookAlone(), LOOK)
    this.#timer.unref()
  }

  /** Throws where a write would be lost. Call between a commit or a read and its answer. */
  check(): void {
    if (this.#lost === undefined) this.#look()
    if (this.#lost !== undefined) throw gone(this.#options.path, this.#lost)
  }

  /** Throws where a loss is known already, without a look. Call before a write. */
  mustNotBeLost(): void {
    if (this.#lost !== undefined) throw gone(this.#options.path, this.#lost)
  }

  /**
   * True where the database may be closed as usual: SQLite then writes the log back and removes the log by its name.
   */
  get isOurs(): boolean {
    const log = identityOf(this.#options.real + LOG)
    return this.#isIntact && (log === undefined || log === this.#log)
  }

  get isLost(): boolean {
    return this.#lost !== undefined
  }

  /** `keepHandle`: SQLite still has the file open. */
  close(keepHandle = false): void {
    clearInterval(this.#timer)
    if (!keepHandle) closeSync(this.#handle)
  }

  /** The index is checked here only: its loss loses no data, but tools would not be kept apart from us. */
  #lookAlone(): void {
    try {
      this.check()
      if (identityOf(this.#options.real + INDEX) !== this.#index) this.#loseName(INDEX)
    } catch {
      return // reported already, or to the next caller
    }
  }

  #look(): void {
    const { path, real, lock } = this.#options
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (found === undefined) return this.#lose('the file is gone from this path')
    if (`${found.dev}:${found.ino}` !== this.#file) return this.#lose('another file is at this path')
    if (!this.#isWhole(found)) {
      this.#isIntact = false
      return this.#lose('the file was overwritten')
    }
    if (identityOf(real + LOG) !== this.#log) return this.#loseName(LOG)
    if (!lock.isHeld()) return this.#lose('another process has become its owner')
  }

  #loseName(suffix: string): void {
    this.#lose(`"${this.#options.real}${suffix}" was removed or replaced`, true)
  }

  /** True where the file is whole: only checkpoints change it. */
  #isWhole({ size, mtimeNs }: { readonly size: bigint; readonly mtimeNs: bigint }): boolean {
    if (mtimeNs === this.#changed && size === this.#size) return true
    // Rare: a checkpoint of ours or of a tool.
    if (!isDatabase(this.#handle)) return false
    if (size < this.#size && !this.#isVacuumed()) return false
    this.#size = size
    this.#changed = mtimeNs
    return true
  }

  /** Only another connection can have made the file smaller. */
  #isVacuumed(): boolean {
    const before = this.#dataVersion
    this.#dataVersion = this.#db === undefined ? before : dataVersionOf(this.#db)
    return this.#dataVersion !== before
  }

  #lose(why: string, isHere = false): void {
    const { log, path } = this.#options
    this.#lost = why
    const kept = this.#isIntact ? this.#writeBack(isHere) : 'the log stays as it is'
    log?.write('store.replaced', { path, why, kept })
  }

  /**
   * Writes the log into the file, wherever it is now, so that it is whole and no old log is left for a file in its place. Where
   * the file has moved, only if no other process has opened it there.
   */
  #writeBack(isHere: boolean): string {
    const db = this.#db
    try {
      if (!isHere) {
        db?.exec('PRAGMA locking_mode = EXCLUSIVE')
        db?.prepare('BEGIN IMMEDIATE').run()
        db?.prepare('COMMIT').run()
      }
      db?.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
      return 'everything acknowledged was written from the log into the file'
    } catch (thrown) {
      return `the log was not written into the file: ${messageOf(thrown)}`
    }
  }
}

function gone(path: string, why: string): BatutaError {
  return new BatutaError(
    'store-unavailable',
    `use the store "${path}": ${why}, expected the file that was opened; nothing is acknowledged until a restart`,
  )
}

/** "SQLite format 3", then a zero; and the two bytes for "write-ahead log". */
const MAGIC = new TextEncoder().encode('SQLite format 3\0')
const [VERSIONS, WRITE_AHEAD] = [18, 0x0202]
const APPLICATION_ID = 68

/** Checks the header; https://www.sqlite.org/fileformat.html. */
function isDatabase(handle: number): boolean {
  const header = new DataView(new ArrayBuffer(100))
  if (readSync(handle, header, 0, header.byteLength, 0) < header.byteLength) return false
  if (!MAGIC.every((byte, at) => header.getUint8(at) === byte)) return false
  return header.getUint16(VERSIONS) === WRITE_AHEAD && header.getUint32(APPLICATION_ID) === APPLICATION
}

function dataVersionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA data_version').get()?.['data_version'])
}
