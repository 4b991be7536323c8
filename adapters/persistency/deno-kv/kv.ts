import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError, messageOf, reasonOf } from '../../../src/errors.ts'

/** What we need of `Deno.Kv`, so that nobody needs Deno's types. */
export interface Kv {
  getMany(keys: readonly Key[]): Promise<readonly Entry[]>
  list(selector: Selector, options?: { readonly limit?: number; readonly batchSize?: number }): AsyncIterable<Entry>
  atomic(): Atomic
  close(): void
}

export interface Atomic {
  check(...checks: readonly Check[]): Atomic
  set(key: Key, value: Uint8Array | string): Atomic
  delete(key: Key): Atomic
  commit(): Promise<Commit>
}

export type Commit = { readonly ok: false } | { readonly ok: true; readonly versionstamp: string }

/** Parts are ordered by type first: strings, numbers, booleans. */
export type Key = readonly (string | number | boolean)[]

export interface Entry {
  readonly key: Key
  readonly value: unknown
  /** Of the last commit that wrote it; `null` where there is nothing. */
  readonly versionstamp: string | null
}

/** Whether there is anything. */
export function isThere(entry: Entry | undefined): entry is Entry & { readonly versionstamp: string } {
  return entry !== undefined && entry.versionstamp !== null
}

export interface Check {
  readonly key: Key
  readonly versionstamp: string | null
}

/** All keys below one, or from one on and before another. */
export type Selector = { readonly prefix: Key } | { readonly start: Key; readonly end: Key }

/** Deno KV's own limits, in bytes (P24), and how many keys it reads at once. */
export const LARGEST_VALUE = 65_536
export const LARGEST_KEY = 2_048
export const READ_AT_ONCE = 10

/** What the store answers, or `store-unavailable`: it threw, or was silent for too long. */
export async function asked<T>(what: string, answer: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${DEFAULTS.answer} ms`)), DEFAULTS.answer)
  try {
    return await Promise.race([answer(), late])
  } catch (thrown) {
    if (thrown instanceof BatutaError) throw thrown
    throw new BatutaError('store-unavailable', `the store "deno-kv": ${what}: ${reasonOf(thrown)}`, thrown)
  } finally {
    clearTimeout(timer)
  }
}

/** Another process that writes to the same file is waited for: Deno does not do it by itself. */
export function committed(atomic: Atomic): Promise<Commit> {
  const deadline = performance.now() + DEFAULTS.answer
  return asked('commit', async () => {
    for (let most = 2; ; most = Math.min(2 * most, 64)) {
      try {
        return await atomic.commit()
      } catch (thrown) {
        if (!messageOf(thrown).includes('database is locked') || performance.now() > deadline) throw thrown
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * most))
    }
  })
}

/** Everything that a selector finds, within a limit. */
export function listed(kv: Kv, selector: Selector, limit?: number): Promise<Entry[]> {
  const options = { batchSize: 500, ...(limit !== undefined && { limit }) }
  return asked('list', async () => {
    const found: Entry[] = []
    for await (const entry of kv.list(selector, options)) found.push(entry)
    return found
  })
}

/** Any number of keys; each `width` of them that stand side by side are read at one instant. */
export async function getAll(kv: Kv, keys: readonly Key[], width = 1): Promise<Entry[]> {
  const step = READ_AT_ONCE - (READ_AT_ONCE % width)
  const parts: (readonly Key[])[] = []
  for (let at = 0; at < keys.length; at += step) parts.push(keys.slice(at, at + step))
  return (await Promise.all(parts.map((part) => asked('read', () => kv.getMany(part))))).flat()
}
