import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe } from 'vitest'
import { freePorts } from '../../testing/broker/ports.ts'
import { isOnPath, mortal } from '../../testing/broker/tools.ts'

/** A real Redis on the loopback that answers a write when it is on the disk. */
export interface RedisServer {
  readonly port: number
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>
  /** Kills it if it runs, and starts it again where it was, on what it had written. */
  restart(): Promise<void>
  /** It stands still: connections are taken, and nobody is answered. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

const MISSING = 'needs a Redis server: apt-get install redis-server'

/** A suite that is left out in one line where there is no Redis; in the gate it fails then. */
export function describeRedis(name: string, suite: () => void): void {
  if (isOnPath('redis-server')) return void describe(name, suite)
  const isGate = process.env['CI'] === 'true'
  if (!isGate) process.stderr.write(`left out: ${name}: ${MISSING}\n`)
  describe.skipIf(!isGate)(name, (it) =>
    it(MISSING, () => {
      throw new Error(MISSING)
    }),
  )
}

export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-redis-'))
  const [port = 0] = await freePorts(1)
  let child = await launch(port, folder)
  return {
    port,
    kill: () => kill(child),
    async restart() {
      await kill(child)
      child = await launch(port, folder)
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async close() {
      await kill(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves when it takes connections. It dies with this process. */
async function launch(port: number, folder: string): Promise<ChildProcess> {
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const child = spawn(...mortal('redis-server', [...place, ...durable]), { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`start Redis: it has ended\n${lines.join('\n')}`)))
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line)
      if (line.includes('Ready to accept connections')) resolve()
    })
  })
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
