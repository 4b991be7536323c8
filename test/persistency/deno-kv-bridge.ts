import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { BatutaError } from '../../src/errors.ts'
import type { ErrorCode } from '../../src/errors.ts'
import type { SagaId } from '../../src/engine/saga.ts'
import type { Capabilities, Persistency } from '../../src/ports/persistency.ts'
import type { Damage } from '../../testing/contract/subject.ts'
import type { StoreLink } from '../../testing/contract/faults/link.ts'
import { linesOf } from './lines.ts'

export type KvLink = Omit<StoreLink, 'restart'>

const ROOT = join(import.meta.dirname, '../..')
const DENO = join(ROOT, 'node_modules/.bin/deno')
/** The flags of `npm run start:deno`, and the one that provides `Deno.openKv`. */
const ARGS = ['run', '--quiet', '--cached-only', '--node-modules-dir=manual', '--unstable-kv', '-A']

/** A Deno process whose stores are called from here: the suites need vitest, which does not run in Deno. */
export interface Bridge {
  open(path: string): Promise<Persistency>
  /** The same with a link between the store and Deno's own, as on Deno Deploy. */
  reach(path: string): Promise<{ readonly store: Persistency; readonly line: KvLink }>
  /** Damages a saga in an open file and answers how to repair it. */
  spoil(path: string, id: SagaId, how: Damage): Promise<() => Promise<void>>
  /** All entries of an open file; `fill` writes them into another one. */
  dump(path: string): Promise<KvEntries>
  fill(path: string, entries: KvEntries): Promise<void>
  /** SIGKILL; calls in flight are never answered. */
  kill(): Promise<void>
}

interface BridgeAnswer {
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
  let hasEnded = false
  const calls = new Map<number, { resolve(value: unknown): void; reject(thrown: Error): void }>()
  let made = 0
  const gone = () => new BatutaError('store-unavailable', 'use the store "deno-kv": its process has ended')
  void ended.then(() => {
    hasEnded = true
    for (const call of calls.values()) call.reject(gone())
  })
  child.stdin.on('error', () => undefined) // calls of a dead process are rejected once it is known to be dead

  linesOf(child.stdout, (line) => {
    const { n, value, thrown } = JSON.parse(line) as BridgeAnswer
    const call = calls.get(n)
    calls.delete(n)
    if (thrown === undefined) call?.resolve(value)
    else
      call?.reject(thrown.code === undefined ? new Error(thrown.message) : new BatutaError(thrown.code, thrown.message))
  })

  function call<T>(store: number, name: string, ...given: readonly unknown[]): Promise<T> {
    if (hasEnded) return Promise.reject(gone())
    const n = ++made
    child.stdin.write(`${JSON.stringify({ n, store, name, given: withoutAbsent(given) })}\n`)
    return new Promise<T>((resolve, reject) => calls.set(n, { resolve: resolve as (value: unknown) => void, reject }))
  }

  const asking =
    (store: number) =>
    (method: string) =>
    <T>(...given: unknown[]) =>
      call<T>(store, method, ...given)

  return {
    open: async (path) => {
      const { store, ...said } = await call<Opened>(0, 'open', path)
      return storeOf(asking(store), said)
    },
    reach: async (path) => {
      const { store, ...said } = await call<Opened>(0, 'reach', path)
      return { store: storeOf(asking(store), said), line: lineOf(asking(store)) }
    },
    spoil: async (path, id, how) => {
      const sound = await call<number>(0, 'spoil', path, id, how)
      return () => call(0, 'mend', path, id, sound)
    },
    dump: (path) => call(0, 'dump', path),
    fill: (path, entries) => call(0, 'fill', path, entries),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** JSON would make null of an argument that is absent at the end. */
function withoutAbsent(given: readonly unknown[]): readonly unknown[] {
  return given.slice(0, given.findLastIndex((one) => one !== undefined) + 1)
}

/** Keys with their values: `bytes …` in base64 or `text …`. */
export type KvEntries = readonly (readonly [key: readonly (string | number)[], value: string])[]

interface Opened {
  readonly store: number
  readonly name: string
  readonly can: Capabilities
}

type AskStore = (method: string) => <T>(...given: unknown[]) => Promise<T>

function storeOf(ask: AskStore, { name, can }: Pick<Opened, 'name' | 'can'>): Persistency {
  return {
    name,
    can: {
      ...can,
      recovery: { by: 'sweep', findDue: ask('findDue') },
      list: { page: ask('page') },
      removal: { removeFinal: ask('removeFinal') },
      counts: false,
      records: { read: ask('read'), write: ask('write'), keys: ask('keys'), remove: ask('remove') },
    },
    load: ask('load'),
    save: ask('save'),
    applied: ask('applied'),
    document: ask('document'),
    probe: ask('probe'),
    close: ask('close'),
  }
}

/** Commands to the link arrive before later calls of the store. */
function lineOf(ask: AskStore): KvLink {
  return {
    lose: (what) => void ask('lose')(what),
    freeze: () => void ask('freeze')(),
    thaw: () => void ask('thaw')(),
    refuse: () => ask('refuse')(),
    accept: () => ask('accept')(),
    slow: (ms) => void ask('slow')(ms),
  }
}
