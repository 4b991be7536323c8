import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { freePorts } from '../../testing/broker/ports.ts'

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

/** A port without a listener now, which no outgoing connection is given before it is used. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

/** On all addresses, as the workers listen. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
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
