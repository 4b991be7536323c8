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
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { ...process.env, PATH, ...env } }
    execFile(node, [LAUNCHER, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code)
      resolve({ code, stdout, stderr })
    })
  })
}
