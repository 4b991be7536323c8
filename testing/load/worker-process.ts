import { spawn } from 'node:child_process'
import type { ChildProcess, ChildProcessByStdio } from 'node:child_process'
import { createWriteStream, readFileSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { BLANK } from './example.ts'

/** Options of `startWorker`. */
export interface WorkerOptions {
  /** The command line, such as `node workers/node.ts`. */
  readonly command: readonly [string, ...string[]]
  /** Added to this process's variables. The log level must be `info` or lower: the URL is read from the log. */
  readonly variables: Readonly<Record<string, string>>
  /** File for the worker's output. */
  readonly log: string
}

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly url: string
  readonly pid: number
  /** Sends SIGTERM; resolves to the exit code, `null` where a signal ended the process. */
  stop(): Promise<number | null>
  /** Resolves when the process has ended, for any reason. */
  readonly gone: Promise<number | null>
}

/** Any free port, the URL in the log, and no wait for load balancers before the server closes. */
const QUICK = { HTTP_PORT: '0', LOG_LEVEL: 'info', WAIT_BEFORE_SERVER_CLOSE_SEC: '0' }

/** Starts the service as a process of its own on a free port. Rejects with its output where it does not start. */
export async function startWorker({ command: [name, ...args], variables, log }: WorkerOptions): Promise<WorkerProcess> {
  const env = { ...process.env, ...BLANK, ...QUICK, ...variables }
  const child = spawn(name, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const dies = (): boolean => child.kill('SIGKILL')
  process.once('exit', dies)
  void gone.then(() => process.off('exit', dies))
  const url = await addressOf(child, log)
  const stop = (): Promise<number | null> => {
    process.kill(traced(child) ?? Number(child.pid), 'SIGTERM')
    return gone
  }
  return { url, pid: Number(child.pid), stop, gone }
}

function addressOf(child: ChildProcessByStdio<null, Readable, Readable>, log: string): Promise<string> {
  const { stdout, stderr } = child
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

/** The worker under a tracer: a child of the tracer's process, to which the signal must go. */
function traced({ pid, spawnfile }: ChildProcess): number | undefined {
  if (!spawnfile.endsWith('strace')) return undefined
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return child === undefined || child === '' ? undefined : Number(child)
}
