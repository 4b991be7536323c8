import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../../..')
export const LAUNCHER = join(ROOT, 'cli/batuta.mjs')
const LENT = join(ROOT, 'node_modules/.bin/node')

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The PATH without the clone's own Node in front, which npm put there. */
const PATH = (process.env['PATH'] ?? '')
  .split(':')
  .filter((folder) => !folder.includes('node_modules'))
  .join(':')

/** The Nodes that a user may start `batuta` with: the machine's own, whatever its version, and the clone's. */
export const NODES: readonly (readonly [name: string, command: string])[] = [
  ["the machine's Node", 'node'],
  ...(existsSync(LENT) ? [["the clone's Node", LENT] as const] : []),
]

/** Runs the launcher to its end. */
export function batuta(node: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return ended(node, [LAUNCHER, ...args], { ...process.env, PATH, ...env })
}

/** Runs `npx batuta` in the clone, as its docs say, on the machine's Node; with a cache of its own, and offline. */
export function npx(args: readonly string[], cache: string): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_'))
  const env = { ...Object.fromEntries(inherited), PATH, npm_config_cache: cache, npm_config_offline: 'true' }
  return ended('npx', ['batuta', ...args], env)
}

function ended(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd: ROOT, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code)
      resolve({ code, stdout, stderr })
    })
  })
}
