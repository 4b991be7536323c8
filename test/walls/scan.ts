import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Complaint } from './tools.ts'

/** The walls that no rule of the linter can say: a look at the text, without its comments. */
export function scan(folder: string): Complaint[] {
  return globSync('{src,adapters}/**/*.ts', { cwd: folder }).flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8').replace(COMMENT, '')
    return [
      ...(file.startsWith('src/') && CLOCK.test(source) ? ['clock'] : []),
      ...(file !== 'src/index.ts' && isBarrel(source) ? ['barrel'] : []),
    ].map((rule) => ({ file, rule }))
  })
}

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm
/** `Date` may turn an instant into words and back; without an argument, or without `new`, it is a clock. */
const CLOCK = /\bnew Date\b(?!\s*\(\s*[^\s)])|(?<!new |\.)\bDate\s*\(/
const REEXPORT = /export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'[^']*';?/g

/** Nothing but exports of what other files hold. */
function isBarrel(source: string): boolean {
  return source.trim() !== '' && source.replace(REEXPORT, '').trim() === ''
}
