import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError, messageOf, reasonOf } from '../../../src/errors.ts'
import { sleep, within } from '../../timing.ts'

/** The part of `Deno.Kv` that the store uses, so that no types of Deno are needed. */
export interface Kv {
  getMany(keys: readonly KvKey[]): Promise<readonly KvEntry[]>
  list(selector: KvSelector, options?: { readonly limit?: number; readonly batchSize?: number }): AsyncIterable<KvEntry>
  atomic(): KvAtomic
  close(): void
}

/** An atomic operation of Deno KV, as far as it is used. */
export interface KvAtomic {
  check(...checks: readonly KvCheck[]): KvAtomic
  set(key: KvKey, value: Uint8Array | string): KvAtomic
  delete(key: KvKey): KvAtomic
  commit(): Promise<KvCommit>
}

/** Result of an atomic operation; not ok where a check failed. */
export type KvCommit = { readonly ok: false } | { readonly ok: true; readonly versionstamp: string }

/** Parts compare by type first: strings, numbers, booleans. */
export type KvKey = readonly (string | number | boolean)[]

/** An entry of Deno KV; a missing one has null for value and versionstamp. */
export interface KvEntry {
  readonly key: KvKey
  readonly value: unknown
  /** Version of the last commit that wrote the key; `null` where it does not exist. */
  readonly versionstamp: string | null
}

/** True where the key exists. */
export function isThere(entry: KvEntry | undefined): entry is KvEntry & { readonly versionstamp: string } {
  return entry !== undefined && entry.versionstamp !== null
}

/** The versionstamp that an entry must have for an operation to commit. */
export interface KvCheck {
  readonly key: KvKey
  readonly versionstamp: string | null
}

/** All keys below a prefix, or from one key up to and excluding another. */
export type KvSelector = { readonly prefix: KvKey } | { readonly start: KvKey; readonly end: KvKey }

/** Bytes of the largest value of Deno KV (P24). */
export const LARGEST_VALUE = 65_536
/** Bytes of its largest key. */
export const LARGEST_KEY = 2_048
/** Keys that one `getMany` of Deno KV may read. */
export const READ_AT_ONCE = 10

/** The answer of Deno KV; `store-unavailable` where it throws or takes longer than `DEFAULTS.answer`. */
export async function asked<T>(what: string, answer: () => Promise<T>): Promise<T> {
  try {
    return await within(DEFAULTS.answer, answer(), () => new Error(`no answer within ${DEFAULTS.answer} ms`))
  } catch (thrown) {
    if (thrown instanceof BatutaError) throw thrown
    throw new BatutaError('store-unavailable', `the store "deno-kv": ${what}: ${reasonOf(thrown)}`, thrown)
  }
}

/** Commits, and waits for another process that writes to the same file: Deno does not wait by itself. */
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

/** All entries of a selector, at most `limit`. */
export function listed(kv: Kv, selector: KvSelector, limit?: number): Promise<KvEntry[]> {
  const options = { batchSize: 500, ...(limit !== undefined && { limit }) }
  return asked('list', async () => {
    const found: KvEntry[] = []
    for await (const entry of kv.list(selector, options)) found.push(entry)
    return found
  })
}

/** Reads any number of keys; each `width` neighbours are read at one instant. */
export async function getAll(kv: Kv, keys: readonly KvKey[], width = 1): Promise<KvEntry[]> {
  const step = READ_AT_ONCE - (READ_AT_ONCE % width)
  const parts: (readonly KvKey[])[] = []
  for (let at = 0; at < keys.length; at += step) parts.push(keys.slice(at, at + step))
  return (await Promise.all(parts.map((part) => asked('read', () => kv.getMany(part))))).flat()
}
