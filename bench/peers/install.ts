import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { installReason, manifestText } from './manifest.ts'
import { PACKAGES } from './settings.ts'
import type { PackageSet } from './settings.ts'

/** The folder of a set of packages, or why it is not there. */
export type Installed = { readonly folder: string } | { readonly reason: string }

/** Milliseconds for one set. */
const PATIENCE = 180_000
const run = promisify(execFile)
const FLAGS = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--omit-lockfile-registry-resolved', // no address in the lock
  '--loglevel=error',
  '--fetch-retries=1', // without a network the reason comes soon
]

/**
 * Installs a set of packages in `data/peers/<set>`, with a package.json and a lock of its own; nothing of it enters the project. No
 * install script runs. What is there already stays.
 */
export async function install(set: PackageSet): Promise<Installed> {
  const folder = join(process.cwd(), 'data', 'peers', set)
  const done = join(folder, 'installed.json')
  const manifest = manifestText(set, PACKAGES[set])
  if (existsSync(done) && readFileSync(done, 'utf8') === manifest) return { folder }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), manifest)
  const npm = process.env['npm_execpath']
  const [tool, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  try {
    await run(tool, [...first, 'install', '--prefix', folder, ...FLAGS], { cwd: folder, timeout: PATIENCE })
  } catch (thrown) {
    return { reason: installReason(thrown as { readonly stderr?: string; readonly message: string }) }
  }
  writeFileSync(done, manifest)
  return { folder }
}
