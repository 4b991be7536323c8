import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError, messageOf, reasonOf } from '../../../src/errors.ts'
import { sleep, within } from '../../timing.ts'

/** What we need of `Deno.Kv`, so that nobody needs Deno's types. */
export interface Kv {
  getMany(keys: readonly KvKey[]): Promise<readonly KvEntry[]>
  list(selector: KvSelector, options?: { readonly limit?: number; readonly batchSize?: number }): AsyncIterable<KvEntry>
  atomic(): KvAtomic
  close(): void
}

export interface KvAtomic {
  check(...checks: readonly KvCheck[]): KvAtomic
  set(key: KvKey, value: Uint8Array | string): KvAtomic
  delete(key: KvKey): KvAtomic
  commit(): Promise<KvCommit>
}

export type KvCommit = { readonly ok: false } | { readonly ok: true; readonly versionstamp: string }

/** Parts are ordered by type first: strings, numbers, booleans. */
export type KvKey = readonly (string | number | boolean)[]

export interface KvEntry {
  readonly key: KvKey
  readonly value: unknown
  /** Of the last commit that wrote it; `null` where there is nothing. */
  readonly versionstamp: string | null
}

/** Whether there is anything. */
export function isThere(entry: KvEntry | undefined): entry is KvEntry & { readonly versionstamp: string } {
  return entry !== undefined && entry.versionstamp !== null
}

export interface KvCheck {
  readonly key: KvKey
  readonly versionstamp: string | null
}

/** All keys below one, or from one on and before another. */
export type KvSelector = { readonly prefix: KvKey } | { readonly start: KvKey; readonly end: KvKey }

/** Deno KV's own limits, in bytes (P24), and how many keys it reads at once. */
export const LARGEST_VALUE = 65_536
export const LARGEST_KEY = 2_048
export const READ_AT_ONCE = 10

/** What the store answers, or `store-unavailable`: it threw, or was silent for too long. */
export async function asked<T>(what: string, answer: () => Promise<T>): Promise<T> {
  try {
    return await within(DEFAULTS.answer, answer(), () => new Error(`no answer within ${DEFAULTS.answer} ms`))
  } catch (thrown) {
    if (thrown instanceof BatutaError) throw thrown
    throw new BatutaError('store-unavailable', `the store "deno-kv": ${what}: ${reasonOf(thrown)}`, thrown)
  }
}

/** Another process that writes to the same file is waited for: Deno does not do it by itself. */
export function committed(atomic: KvAtomic): Promise<KvCommit> {
  const deadline = performance.now() + DEFAULTS.answer
  return asked('commit', async () => {
    for (let most = 2; ; most = Math.min(2 * most, 64)) {
      try {
        return await atomic.commit()
      } catch (thrown) {
        if (!messageOf(thrown).includes('database is locked') || performance.now() > deadline) throw thrown
      }
      await sleep(Math.random() * most)
    }
  })
}

/** Everything that a selector finds, within a limit. */
export function listed(kv: Kv, selector: KvSelector, limit?: number): Promise<KvEntry[]> {
  const options = { batchSize: 500, ...(limit !== undefined && { limit }) }
  return asked('list', async () => {
    const found: KvEntry[] = []
    for await (const entry of kv.list(selector, options)) found.push(entry)
    return found
  })
}

/** Any number of keys; each `width` of them that stand side by side are read at one instant. */
export async function getAll(kv: Kv, keys: readonly KvKey[], width = 1): Promise<KvEntry[]> {
  const step = READ_AT_ONCE - (READ_AT_ONCE % width)
  const parts: (readonly KvKey[])[] = []
  for (let at = 0; at < keys.length; at += step) parts.push(keys.slice(at, at + step))
  return (await Promise.all(parts.map((part) => asked('read', () => kv.getMany(part))))).flat()
}
