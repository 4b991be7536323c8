import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyParts } from '../copy-parts.ts'
import type { Copy } from '../copy-parts.ts'

/** What the unit tests of the core read. */
const PARTS = [
  'src',
  'adapters',
  'testing',
  'examples',
  'test/unit',
  'test/fakes',
  'test/fixtures',
  'test/services',
  'scripts/mutate',
  'package.json',
]

/** Copies what the unit tests read, with instrumented sources in place of those of the clone. */
export function copyClone(sources: ReadonlyMap<string, string>): Copy {
  const copy = copyParts('mutate', PARTS)
  for (const [path, text] of sources) writeFileSync(join(copy.root, path), text)
  return copy
}
