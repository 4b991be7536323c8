import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { BatutaError } from '../../src/errors.ts'
import type { ErrorCode } from '../../src/errors.ts'
import type { Capabilities, Persistency } from '../../src/ports/persistency.ts'
import { linesOf } from './lines.ts'

const ROOT = join(import.meta.dirname, '../..')
const DENO = join(ROOT, 'node_modules/.bin/deno')
/** The flags of `npm run start:deno`, and the one that lends `Deno.openKv`. */
const ARGS = ['run', '--quiet', '--cached-only', '--node-modules-dir=manual', '--unstable-kv', '-A']

/** A Deno process whose stores are called from here: the suites need vitest, which does not run inside Deno. */
export interface Bridge {
  open(path: string): Promise<Persistency>
  /** SIGKILL; calls under way are never answered. */
  kill(): Promise<void>
}

interface Answer {
  readonly n: number
  readonly value?: unknown
  readonly thrown?: { readonly message: string; readonly code?: ErrorCode }
}

export function denoBridge(): Bridge {
  const child = spawn(DENO, [...ARGS, join(import.meta.dirname, 'deno-kv.child.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: ROOT,
  })
  const ended = once(child, 'exit')
  const calls = new Map<number, { resolve(value: unknown): void; reject(thrown: Error): void }>()
  let made = 0
  void ended.then(() => {
    for (const call of calls.values()) call.reject(new Error('the Deno process has ended'))
  })

  linesOf(child.stdout, (line) => {
    const { n, value, thrown } = JSON.parse(line) as Answer
    const call = calls.get(n)
    calls.delete(n)
    if (thrown === undefined) call?.resolve(value)
    else
      call?.reject(thrown.code === undefined ? new Error(thrown.message) : new BatutaError(thrown.code, thrown.message))
  })

  function call<T>(store: number, name: string, ...given: readonly unknown[]): Promise<T> {
    const n = ++made
    child.stdin.write(`${JSON.stringify({ n, store, name, given })}\n`)
    return new Promise<T>((resolve, reject) => calls.set(n, { resolve: resolve as (value: unknown) => void, reject }))
  }

  return {
    async open(path) {
      const { store, name, can } = await call<{ store: number; name: string; can: Capabilities }>(0, 'open', path)
      const ask =
        (method: string) =>
        <T>(...given: unknown[]) =>
          call<T>(store, method, ...given)
      return {
        name,
        can: {
          ...can,
          recovery: { by: 'sweep', findDue: ask('findDue') },
          list: { page: ask('page') },
          removal: { removeFinal: ask('removeFinal') },
        },
        load: ask('load'),
        save: ask('save'),
        applied: ask('applied'),
        document: ask('document'),
        probe: ask('probe'),
        close: ask('close'),
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
