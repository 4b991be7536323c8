import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** True if a build may copy this path, by the text of its ignore file. Of the matching patterns the last one counts. */
export function isInContext(ignore: string, path: string): boolean {
  const patterns = ignore.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  return patterns.reduce((isIn, line) => {
    const [isBack, pattern] = line.startsWith('!') ? [true, line.slice(1)] : [false, line]
    return matches(pattern, path) ? isBack : isIn
  }, true)
}

/** True if the path exists in the build context and is not ignored. */
export function isCopied(folder: string, ignore: string, path: string): boolean {
  return existsSync(join(folder, path)) && isInContext(ignore, path)
}

/** True if the pattern matches the path or a folder around it. Supports `*` within a name and `**` before one. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern.split(/(\*\*\/|\*)/).map((part) => ({ '**/': '(?:.*/)?', '*': '[^/]*' })[part] ?? literal(part))
  return new RegExp(`^${parts.join('')}(?:/|$)`).test(path)
}

function literal(text: string): string {
  return text.replace(/[.\\+^$()[\]{}|?]/g, '\\$&')
}
