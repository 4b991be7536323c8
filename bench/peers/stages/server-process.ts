import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { mortal } from '../../../testing/broker/tools.ts'

/** Options of `startServer`. */
export interface ServerOptions {
  readonly tool: string
  readonly args: readonly string[]
  readonly variables?: Readonly<Record<string, string>>
  readonly folder: string
  /** File for its output. */
  readonly log: string
  /** The user and group that it runs as; absent: those of this process. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** True when it takes requests. Rejections count as false. */
  readonly isReady: () => Promise<boolean>
}

/** A server of a peer, in a process of its own that is killed when this process ends. */
export interface ServerProcess {
  readonly pid: number
  /** Sends the signal, and SIGKILL five seconds later; resolves when it has ended. */
  stop(signal: NodeJS.Signals): Promise<void>
}

/** Milliseconds for a start, for an end, and between two looks. */
const PATIENCE = 30_000
const UNTIL_KILL = 5_000
const LOOK = 50

/** Starts the server and waits until it is ready. Rejects with the end of its log where it ends before, or is not ready in time. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const file = openSync(options.log, 'a')
  const env = { PATH: process.env['PATH'], ...options.variables }
  const stdio: ['ignore', number, number] = ['ignore', file, file]
  const child = spawn(...mortal(options.tool, options.args), { cwd: options.folder, env, stdio, ...options.user })
  closeSync(file)
  await once(child, 'spawn')
  const gone = once(child, 'exit')
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), UNTIL_KILL)
    await gone
    clearTimeout(timer)
  }
  const until = performance.now() + PATIENCE
  while (!(await options.isReady().catch(() => false))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null
    if (hasEnded || performance.now() > until) {
      await stop('SIGKILL')
      throw new Error(
        `start ${options.tool}: ${hasEnded ? 'it ended' : 'it was not ready in time'}\n${endOf(options.log)}`,
      )
    }
    await pause(LOOK)
  }
  return { pid: Number(child.pid), stop }
}

function endOf(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-10).join('\n')
}
