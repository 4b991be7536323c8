import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Whether a build may copy this path, by the text of its ignore file: of the patterns that match, the last one counts. */
export function isInContext(ignore: string, path: string): boolean {
  const patterns = ignore.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return patterns.reduce((isIn, line) => {
    const [isBack, pattern] = line.startsWith('!') ? [true, line.slice(1)] : [false, line]
    return matches(pattern, path) ? isBack : isIn
  }, true)
}

/** Whether one of the texts copied from the context is there, and not ignored. */
export function isCopied(folder: string, ignore: string, path: string): boolean {
  return existsSync(join(folder, path)) && isInContext(ignore, path)
}

/** The path itself or a folder around it. Of wildcards the two that we use: `*` within a name, and `**` before one. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern.split(/(\*\*\/|\*)/).map((part) => ({ '**/': '(?:.*/)?', '*': '[^/]*' })[part] ?? literal(part))
  return new RegExp(`^${parts.join('')}(?:/|$)`).test(path)
}

function literal(text: string): string {
  return text.replace(/[.\\+^$()[\]{}|?]/g, '\\$&')
}
