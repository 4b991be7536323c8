import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'

/** What a seed means depends on these files. */
const FILES = ['src/**/*.ts', 'testing/**/*.ts', 'scripts/simulation/*.ts', 'examples/*/saga.json']

/** A short text that differs where the code that runs seeds does: runs of other code prove nothing. */
export function codeHash(): string {
  const hash = createHash('sha256')
  for (const file of globSync(FILES).toSorted()) hash.update(file).update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}
