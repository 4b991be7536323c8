import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createWriteStream, readFileSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { BLANK } from './example.ts'

export interface WorkerOptions {
  /** The command line, such as `node workers/node.ts`. */
  readonly command: readonly [string, ...string[]]
  /** Added to this process's variables. The worker must log at `info`, or it cannot say where it listens. */
  readonly variables: Readonly<Record<string, string>>
  /** File that takes everything the worker says. */
  readonly log: string
}

export interface Worker {
  readonly url: string
  readonly pid: number
  /** SIGTERM; answers the exit code, `null` where a signal ended it. */
  stop(): Promise<number | null>
  /** Resolves when it is gone, for whatever reason. */
  readonly gone: Promise<number | null>
}

/** The service as a process of its own, on a free port. Rejects with what it said where it does not start. */
export async function startWorker({ command: [name, ...args], variables, log }: WorkerOptions): Promise<Worker> {
  const env = { ...process.env, ...BLANK, HTTP_PORT: '0', LOG_LEVEL: 'info', ...variables }
  const child = spawn(name, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const dies = (): boolean => child.kill('SIGKILL')
  process.once('exit', dies)
  void gone.then(() => process.off('exit', dies))
  const url = await addressOf(child, child.stdout, child.stderr, log)
  const stop = (): Promise<number | null> => {
    process.kill(traced(child) ?? Number(child.pid), 'SIGTERM')
    return gone
  }
  return { url, pid: Number(child.pid), stop, gone }
}

function addressOf(child: ChildProcess, stdout: Readable, stderr: Readable, log: string): Promise<string> {
  const file = createWriteStream(log, { flags: 'a' })
  stdout.pipe(file)
  stderr.pipe(file)
  return new Promise((resolve, reject) => {
    let said = ''
    stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)))
    createInterface({ input: stdout }).on('line', (line) => {
      const [, port] = /"url":"http:\/\/localhost:(\d+)"/.exec(line) ?? []
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`start the service: it ended with ${code ?? signal}\n${said}`)),
    )
  })
}

/** Under a tracer the worker is the tracer's child, and it is the worker that is to be asked to stop. */
function traced({ pid, spawnfile }: ChildProcess): number | undefined {
  if (!spawnfile.endsWith('strace')) return undefined
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return child === undefined || child === '' ? undefined : Number(child)
}
