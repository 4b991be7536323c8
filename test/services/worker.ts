import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePorts } from '../../testing/broker/ports.ts'
import { call, eventually } from './client.ts'
import { family, isFree, living } from './processes.ts'

const ROOT = join(import.meta.dirname, '../..')
const { scripts: SCRIPTS } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<WorkerScript, string>>
}

export type WorkerScript = 'start' | 'start:kafka' | 'start:deno' | 'start:bun' | 'start:workerd'

export interface WorkerOptions {
  readonly script: WorkerScript
  /** `npm`: by `npm run`, as users start it. Default: a shell with the same command, without the start of npm itself. */
  readonly launcher?: 'npm' | 'shell' | undefined
  /** Arguments behind `--` in the command. */
  readonly args?: readonly string[]
  /** The saga.json, whose path it is given unless the environment says otherwise. */
  readonly configuration: string
  /** `HTTP_PORT` and `DATA_PATH` are given beside it; it does not wait before it closes, unless this says so. */
  readonly environment?: Readonly<Record<string, string>>
}

/** How a worker that was started came to its end. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A worker as the command of its npm script starts it, with a port and a folder that it keeps over restarts. */
export class Worker {
  readonly url: string
  readonly port: number
  readonly folder: string
  /** Its output so far, over all its starts. */
  stdout = ''
  stderr = ''
  readonly #options: WorkerOptions
  #child: ChildProcess | undefined

  private constructor(options: WorkerOptions, port: number) {
    this.#options = options
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.folder = mkdtempSync(join(tmpdir(), 'batuta-worker-'))
    writeFileSync(join(this.folder, 'saga.json'), options.configuration)
    WORKERS.add(this)
  }

  /** Not started yet. Its port is none that a connection of somebody's may have taken when it is started again. */
  static async prepare(options: WorkerOptions): Promise<Worker> {
    const [port = 0] = await freePorts(1)
    return new Worker(options, port)
  }

  /** Ready: it has said so. */
  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = await Worker.prepare(options)
    try {
      await worker.start()
    } catch (thrown) {
      await worker.stop()
      throw thrown
    }
    return worker
  }

  /** Its saga.json, as a second worker on the same store needs it. */
  get configuration(): string {
    return this.#options.configuration
  }

  /** Processes of its group. */
  get group(): readonly number[] {
    const leader = this.#child?.pid
    return living().flatMap(({ pid, group }) => (group === leader ? [pid] : []))
  }

  /** Everything that it started, whatever group that is in. */
  get family(): readonly number[] {
    return this.#child?.pid === undefined ? [] : family(this.#child.pid).map(({ pid }) => pid)
  }

  /** A start that met a late store is repeated, as an orchestrator of containers does. */
  async start(): Promise<void> {
    for (let starts = 1; ; starts++) {
      const before = this.stderr.length
      const ended = this.launch().then(() => 'ended')
      if ((await Promise.race([this.#ready(), ended])) !== 'ended') return
      if (starts === MOST_STARTS || !metLateStore(this.stderr.slice(before))) this.#refuse('it has ended')
    }
  }

  /** Starts it without waiting; resolves when it has ended and said its last. */
  async launch(): Promise<Ended> {
    const { environment } = this.#options
    const { PATH = '', HOME = '' } = process.env
    const place = {
      CONFIGURATIONS_FILE_PATH: join(this.folder, 'saga.json'),
      DATA_PATH: join(this.folder, 'data'),
      HTTP_PORT: String(this.port),
      WAIT_BEFORE_SERVER_CLOSE_SEC: '0', // no load balancer needs time to notice
    }
    const { command, variables } = commandOf(this.#options)
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      cwd: ROOT,
      detached: true,
      env: { PATH, HOME, ...variables, ...place, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (this.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (this.stderr += text))
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return { code, signal }
  }

  /** SIGKILL to the whole group; resolves when none of it is left and the port is free. */
  async kill(): Promise<void> {
    this.killNow()
    await eventually(async () => ((await this.#isGone()) ? true : undefined))
  }

  killNow(): void {
    const leader = this.#child?.pid
    try {
      if (leader !== undefined) process.kill(-leader, 'SIGKILL')
    } catch {
      // There is no such group any more.
    }
  }

  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  /** SIGTERM to the worker itself, the last in the line of those that started each other, which hand on its exit code. */
  async terminate(): Promise<Ended> {
    const child = this.#child
    const worker = this.family.at(-1)
    if (child === undefined || worker === undefined) throw new Error('terminate the worker: it is not running')
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
    process.kill(worker, 'SIGTERM')
    const [code, signal] = await ended
    return { code, signal }
  }

  /** The end: nothing of it is left, its folder included. */
  async stop(): Promise<void> {
    await this.kill()
    WORKERS.delete(this)
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #isGone(): Promise<boolean> {
    return this.group.length === 0 && (await isFree(this.port))
  }

  async #ready(): Promise<void> {
    const look = () => call(`${this.url}/-/ready`).then(({ status }) => (status === 200 ? true : undefined))
    await eventually(() => look().catch(() => undefined), 40_000).catch(() => this.#refuse('it was not ready in time'))
  }

  #refuse(why: string): never {
    throw new Error(`start the worker "${this.#options.script}": ${why}\n${this.stdout}${this.stderr}`)
  }
}

/** Most starts, of which all but the last met a late store. */
export const MOST_STARTS = 5

/** True for the last words of a worker whose store did not answer in time, as on a busy machine. */
export function metLateStore(output: string): boolean {
  return /^batuta could not start: .*timed out/m.test(output)
}

interface WorkerCommand {
  readonly command: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** Without the pre-script: what is installed here is not a test's to change. */
function commandOf({ script, launcher = 'shell', args = [] }: WorkerOptions): WorkerCommand {
  if (launcher === 'npm') {
    const variables = { npm_config_ignore_scripts: 'true', npm_config_update_notifier: 'false' }
    return { command: ['npm', 'run', '--silent', script, '--', ...args], variables }
  }
  const path = [join(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter)
  return { command: ['sh', '-c', `${SCRIPTS[script]} "$@"`, 'sh', ...args], variables: { PATH: path } }
}

/** Workers that a test did not stop, for instance because it failed. */
const WORKERS = new Set<Worker>()
process.once('exit', () => {
  for (const worker of WORKERS) {
    worker.killNow()
    rmSync(worker.folder, { recursive: true, force: true })
  }
})
