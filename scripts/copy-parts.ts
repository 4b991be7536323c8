import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'

/** A copy of a part of the clone, on the modules of the clone. `remove` takes it away. */
export interface Copy {
  readonly root: string
  readonly remove: () => void
}

/** Copies files and folders of the working directory, which is the root of the clone, without their tsconfigs. It goes with the process. */
export function copyParts(name: string, parts: readonly string[]): Copy {
  const root = mkdtempSync(join(tmpdir(), `batuta-${name}-`))
  for (const part of parts)
    cpSync(part, join(root, part), { recursive: true, filter: (path) => !path.endsWith('tsconfig.json') })
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'), 'dir')
  const remove = () => {
    process.off('exit', remove)
    rmSync(root, { recursive: true, force: true })
  }
  process.once('exit', remove)
  return { root, remove }
}
