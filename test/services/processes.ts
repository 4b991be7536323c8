import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface Living {
  readonly pid: number
  readonly parent: number
  readonly group: number
}

/** Every process of this machine but those that have ended and only wait for their parent to notice. */
export function living(): Living[] {
  const rows = existsSync('/proc/self/stat') ? fromProc() : fromPs()
  return rows.flatMap(([pid, state, parent, group]) =>
    state === undefined || state.startsWith('Z') || state.startsWith('X')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), group: Number(group) }],
  )
}

/** A process and everything that it started, whatever group that has put itself into. */
export function family(root: number): Living[] {
  const all = living()
  const found = all.filter(({ pid }) => pid === root)
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid))
  return found
}

export function isAlive(pid: number): boolean {
  return living().some((one) => one.pid === pid)
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  return listenOnce(0)
}

export async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  )
}

/** On all addresses, as the workers do. */
function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject).listen(port, () => {
      const { port: given } = server.address() as AddressInfo
      server.close(() => resolve(given))
    })
  })
}

/** pid, state, parent, group. The name before them may hold spaces and parentheses. */
function fromProc(): string[][] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      return [[pid, ...stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3)]]
    } catch {
      return [] // it has ended between the two looks
    }
  })
}

function fromPs(): string[][] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,stat=,ppid=,pgid='], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]))
}
