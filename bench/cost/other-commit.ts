import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * The files of a commit in `folder`. They run with this clone's modules: where the commit names other versions, its own are installed.
 * Throws where git does not know the commit, as in a shallow clone.
 */
export function checkOut(commit: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const archive = execFileSync('git', ['archive', commit], { maxBuffer: 1 << 30 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  const hasSameModules = git('rev-parse', `${commit}:package-lock.json`) === git('hash-object', 'package-lock.json')
  if (hasSameModules) symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'dir')
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'ignore' })
}

/** A name such as `HEAD~3` as the commit's short id. */
export function commitOf(name: string): string {
  return git('rev-parse', '--short', `${name}^{commit}`)
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim()
}
