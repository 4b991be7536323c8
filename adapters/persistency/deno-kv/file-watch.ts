import { BatutaError } from '../../../src/errors.ts'

/** The part of `Deno` that files need. */
export interface DenoFiles {
  mkdir(path: string, options: { readonly recursive: boolean; readonly mode: number }): Promise<void>
  writeFile(
    path: string,
    data: Uint8Array,
    options: { readonly createNew: boolean; readonly mode: number },
  ): Promise<void>
  chmod(path: string, mode: number): Promise<void>
  statSync(path: string): FileInfo
}

interface FileInfo {
  readonly dev: number
  /** `null` where the system has none. */
  readonly ino: number | null
  readonly size: number
  readonly mode: number | null
}

const BESIDE = ['-wal', '-shm']

/**
 * Creates folder and file for their owner only, where they are missing, and restricts a file that others could read.
 */
export async function makeFile(files: DenoFiles, path: string): Promise<void> {
  const [, folder] = /^(.+)[/\\][^/\\]*$/.exec(path) ?? []
  if (folder !== undefined) await files.mkdir(folder, { recursive: true, mode: 0o700 })
  if (found(files, path) === undefined) {
    // Another process may have created it first.
    await files.writeFile(path, new Uint8Array(), { createNew: true, mode: 0o600 }).catch(() => undefined)
  }
  for (const file of [path, ...BESIDE.map((suffix) => path + suffix)]) {
    // A file of another user stays as it is.
    if (((found(files, file)?.mode ?? 0) & 0o077) !== 0) await files.chmod(file, 0o600).catch(() => undefined)
  }
}

/**
 * Watches that the path still leads to the open file. A file that was removed, moved or replaced accepts writes until the
 * process ends, and then they are lost (I1). A loss stays until a restart.
 */
export class KvFileWatch {
  readonly #files: DenoFiles
  readonly #path: string
  readonly #file: string | undefined
  readonly #log: string | undefined
  #lost: string | undefined

  /** Call after a first write: the log exists then. */
  constructor(files: DenoFiles, path: string) {
    this.#files = files
    this.#path = path
    this.#file = identity(files, path)
    this.#log = identity(files, `${path}-wal`)
  }

  /** Call between a commit or a read and its answer. Throws where the file is lost. */
  check(): void {
    this.#lost ??= this.#look()
    if (this.#lost === undefined) return
    const why = `${this.#lost}, expected the file that was opened; nothing is acknowledged until a restart`
    throw new BatutaError('store-unavailable', `use the store "deno-kv" at "${this.#path}": ${why}`)
  }

  #look(): string | undefined {
    const file = found(this.#files, this.#path)
    if (file === undefined) return 'the file is gone from this path'
    if (identityOf(file) !== this.#file) return 'another file is at this path'
    if (file.size === 0) return 'the file was emptied'
    return identity(this.#files, `${this.#path}-wal`) === this.#log ? undefined : 'its log was removed or replaced'
  }
}

function identity(files: DenoFiles, path: string): string | undefined {
  const there = found(files, path)
  return there && identityOf(there)
}

function identityOf({ dev, ino }: FileInfo): string {
  return `${dev}:${ino}`
}

/** `undefined` where the file is missing; `NotADirectory` where a folder of the path has become a file. */
function found(files: DenoFiles, path: string): FileInfo | undefined {
  try {
    return files.statSync(path)
  } catch (thrown) {
    const { name } = thrown as Error
    if (name === 'NotFound' || name === 'NotADirectory') return undefined
    throw thrown
  }
}
