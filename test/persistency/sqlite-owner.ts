import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { linesOf } from './lines.ts'

const bin = join(import.meta.dirname, '../../node_modules/.bin')
const child = join(import.meta.dirname, 'sqlite-owner.child.ts')

/** Every runtime that opens SQLite files for a service. Deno has the permissions of `npm run start:deno`. */
export const RUNTIMES = [
  ['node', [process.execPath]],
  ['deno', [join(bin, 'deno'), 'run', '--quiet', '--cached-only', '--node-modules-dir=manual', ...rights()]],
  ['bun', [join(bin, 'bun')]],
] as const

function rights(): string[] {
  return ['net', 'env', 'read', 'write'].map((right) => `--allow-${right}`)
}

export interface OwnerReport {
  readonly ok: boolean
  readonly code?: string
  readonly why?: string
}

/** A process that owns a file, as a service does. */
export class Owner {
  readonly opened: Promise<OwnerReport>
  readonly #process: ReturnType<typeof start>
  readonly #waiting: ((told: OwnerReport) => void)[] = []

  constructor([command, ...args]: readonly string[], path: string) {
    this.#process = start(command ?? '', [...args, child, path])
    this.opened = this.#next()
    linesOf(this.#process.stdout, (line) => this.#waiting.shift()?.(JSON.parse(line) as OwnerReport))
    this.#process.stdin.on('error', () => undefined) // it has ended, as `opened` reports
  }

  /** Creates a saga. */
  write(): Promise<OwnerReport> {
    return this.#ask('write')
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.stdin.write('close\n')
    await ended
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  #ask(line: string): Promise<OwnerReport> {
    this.#process.stdin.write(`${line}\n`)
    return this.#next()
  }

  #next(): Promise<OwnerReport> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}

function start(command: string, args: readonly string[]) {
  return spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
}
