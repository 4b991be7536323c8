import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'

/** What the unit tests of the core read. */
const PARTS = [
  'src',
  'adapters',
  'testing',
  'examples',
  'test/unit',
  'test/fakes',
  'test/fixtures',
  'scripts/mutate',
  'package.json',
]

/** A copy of the clone with other sources, on the modules of the clone. `remove` takes it away. */
export interface Copy {
  readonly root: string
  readonly remove: () => void
}

/** Copies what the unit tests read, with instrumented sources in place of those of the clone. */
export function copyClone(sources: ReadonlyMap<string, string>): Copy {
  const root = mkdtempSync(join(tmpdir(), 'batuta-mutate-'))
  for (const part of PARTS)
    cpSync(part, join(root, part), { recursive: true, filter: (path) => !path.endsWith('tsconfig.json') })
  for (const [path, text] of sources) writeFileSync(join(root, path), text)
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'), 'dir')
  const remove = () => rmSync(root, { recursive: true, force: true })
  process.once('exit', remove)
  return { root, remove }
}
