import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Refusal } from './tools.ts'

/** Walls that no lint rule can express, checked in the text without its comments. */
export function scan(folder: string): Refusal[] {
  return globSync('{src,adapters}/**/*.ts', { cwd: folder }).flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8').replace(COMMENT, '')
    return [
      ...(file.startsWith('src/') && CLOCK.test(source) ? ['clock'] : []),
      ...(file !== 'src/index.ts' && isBarrel(source) ? ['barrel'] : []),
    ].map((rule) => ({ file, rule }))
  })
}

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm
/** `Date` may format and parse an instant. Without an argument, or without `new`, it is a clock. */
const CLOCK = /\bnew Date\b(?!\s*\(\s*[^\s)])|(?<!new |\.)\bDate\s*\(/
const REEXPORT = /export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'[^']*';?/g

/** True if a file consists of re-exports. */
function isBarrel(source: string): boolean {
  return source.trim() !== '' && source.replace(REEXPORT, '').trim() === ''
}
