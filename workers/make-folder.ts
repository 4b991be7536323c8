import { lstat, mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { BatutaError, messageOf } from '../src/errors.ts'

/** Only for whoever runs the service: what is acknowledged is nobody else's to read. */
const OWNER_ONLY = 0o700

/**
 * Makes the folder of a store, and those above it, where they are missing. One step after the other: Node's recursive `mkdir`
 * never ends below /proc. `name` is the variable or the key that says where; the error names it, and the store where it has a name.
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

/** The same for the folder that a file is in. */
export function makeFolderOf(file: string, name: string, store?: string): Promise<void> {
  return makeFolder(dirname(file), name, store)
}

async function make(path: string): Promise<void> {
  if (await isThere(path)) return
  await make(dirname(path))
  try {
    await mkdir(path, { mode: OWNER_ONLY })
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST' || !(await isThere(path))) throw thrown // another process may have been faster
  }
}

/** Whether there is a folder, behind links. Throws where something else is. */
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
