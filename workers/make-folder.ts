import { lstat, mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { BatutaError, messageOf } from '../src/errors.ts'

/** Mode of a new folder: its sagas hold data of customers, so that only the service's user may read them. */
const OWNER_ONLY = 0o700

/**
 * Makes the folder of a store and the missing folders above it, one by one: Node's recursive `mkdir` never returns below /proc.
 * Throws `configuration-invalid`, which names `name`, the variable or key of the path, and the store.
 */
export async function makeFolder(path: string, name: string, store?: string): Promise<void> {
  try {
    await make(resolve(path))
  } catch (thrown) {
    const found = `found ${JSON.stringify(path)} (${messageOf(thrown)}), expected a folder that is there or can be made`
    throw new BatutaError(
      'configuration-invalid',
      `open the store${store === undefined ? '' : ` "${store}"`}: ${name}: ${found}`,
      thrown,
    )
  }
}

/** Makes the folder of a file; otherwise as `makeFolder`. */
export function makeFolderOf(file: string, name: string, store?: string): Promise<void> {
  return makeFolder(dirname(file), name, store)
}

async function make(path: string): Promise<void> {
  if (await isThere(path)) return
  await make(dirname(path))
  try {
    await mkdir(path, { mode: OWNER_ONLY })
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST' || !(await isThere(path))) throw thrown // EEXIST: another process has made it
  }
}

/** True if the path is a folder, or a link to one. Throws where it is something else. */
async function isThere(path: string): Promise<boolean> {
  try {
    const there = await stat(path)
    if (!there.isDirectory()) throw new Error(`"${path}" is no folder`)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOTDIR') throw new Error(`something above "${path}" is no folder`, { cause: thrown })
    if (codeOf(thrown) !== 'ENOENT') throw thrown
  }
  const link = await lstat(path).catch(() => undefined)
  if (link !== undefined) throw new Error(`"${path}" is a symbolic link to nothing`)
  return false
}

function codeOf(thrown: unknown): unknown {
  return (thrown as { code?: unknown }).code
}
