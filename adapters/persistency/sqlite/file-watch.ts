import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { clearInterval, setInterval } from 'node:timers'
import { BatutaError, messageOf } from '../../../src/errors.ts'
import type { Log } from '../../../src/ports/runtime.ts'
import { identityOf, INDEX, LOG } from './files.ts'
import type { Identity } from './files.ts'
import type { FileLock } from './lock.ts'
import { APPLICATION } from './schema.ts'

/** How often it is looked when nobody asks: an owner whose lock file was removed must be sooner than the next opener. */
export const LOOK = 400

export interface FileWatchOptions {
  /** As it was configured: where the next start will look. */
  readonly path: string
  /** Without links: where SQLite keeps the log. */
  readonly real: string
  readonly lock: FileLock
  readonly log: Pick<Log, 'write'> | undefined
}

/**
 * Whether the names still lead to the files that are open. A file that was removed, moved or replaced takes writes until its
 * process ends, and then all of them are lost; so nothing is acknowledged before it was looked (I1), and what was found to be
 * lost stays lost until a restart.
 */
export class FileWatch {
  readonly #options: FileWatchOptions
  readonly #handle: number
  readonly #file: Identity
  #db: DatabaseSync | undefined
  #log: Identity | undefined
  #index: Identity | undefined
  /** Of the file: only a checkpoint changes it, and only `VACUUM` makes it smaller. */
  #size = 0n
  #changed = 0n
  #dataVersion = 0
  #lost: string | undefined
  #isIntact = true
  #timer: ReturnType<typeof setInterval> | undefined

  /** Before SQLite opens the file. The handle stays: closing it would let go of SQLite's locks. For writing, as SQLite's: a union file system may then make another file of it. */
  constructor(options: FileWatchOptions) {
    this.#options = options
    this.#handle = openSync(options.real, 'r+')
    const { dev, ino } = fstatSync(this.#handle, { bigint: true })
    this.#file = `${dev}:${ino}`
  }

  /** With the lock held, after a write: the log and its index are there. */
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

  /** Throws where what was written would be lost. Between a commit or a read and its answer. */
  check(): void {
    if (this.#lost === undefined) this.#look()
    if (this.#lost !== undefined) throw gone(this.#options.path, this.#lost)
  }

  /** Throws where that is known, without a look: before a write. */
  mustNotBeLost(): void {
    if (this.#lost !== undefined) throw gone(this.#options.path, this.#lost)
  }

  /** Whether the database may be closed as usual: SQLite would write the log into the file and remove the log by its name. */
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

  /** The index is looked at now and then only: without it nothing is lost, but tools would not be kept apart from us. */
  #lookAlone(): void {
    try {
      this.check()
      if (identityOf(this.#options.real + INDEX) !== this.#index) this.#loseName(INDEX)
    } catch {
      return // told already, or to whoever asks next
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

  /** Whatever was changed in the file was changed by a checkpoint. */
  #isWhole({ size, mtimeNs }: { readonly size: bigint; readonly mtimeNs: bigint }): boolean {
    if (mtimeNs === this.#changed && size === this.#size) return true
    // Rarely: a checkpoint of ours or of a tool.
    if (!isDatabase(this.#handle)) return false
    if (size < this.#size && !this.#isVacuumed()) return false
    this.#size = size
    this.#changed = mtimeNs
    return true
  }

  /** Only another connection's write can have made the file smaller. */
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
   * What is in the log goes into the file, wherever that is now: it is whole then, and no old log is left for what stands in
   * its place. Where the file has left, only if nobody has opened it there.
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

/** "SQLite format 3", then a zero; and the two bytes that say "write-ahead log". */
const MAGIC = new TextEncoder().encode('SQLite format 3\0')
const [VERSIONS, WRITE_AHEAD] = [18, 0x0202]
const APPLICATION_ID = 68

/** By its header; https://www.sqlite.org/fileformat.html. */
function isDatabase(handle: number): boolean {
  const header = new DataView(new ArrayBuffer(100))
  if (readSync(handle, header, 0, header.byteLength, 0) < header.byteLength) return false
  if (!MAGIC.every((byte, at) => header.getUint8(at) === byte)) return false
  return header.getUint16(VERSIONS) === WRITE_AHEAD && header.getUint32(APPLICATION_ID) === APPLICATION
}

function dataVersionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA data_version').get()?.['data_version'])
}
