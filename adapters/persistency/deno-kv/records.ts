import { mustFitRecord } from '../../../src/codec/record-bound.ts'
import type { RecordStore, StoredRecord } from '../../../src/ports/persistency.ts'
import { idOf, KEYS } from './keys.ts'
import { committed, getAll, isThere, listed } from './kv.ts'
import type { Kv } from './kv.ts'
import { bytes } from './rows.ts'

const decoder = new TextDecoder()

/** The service's own records below a key of their own. Their version is Deno KV's versionstamp. */
export class KvRecords implements RecordStore {
  readonly #kv: Kv

  constructor(kv: Kv) {
    this.#kv = kv
  }

  async read(key: string): Promise<StoredRecord | undefined> {
    const [entry] = await getAll(this.#kv, [KEYS.record(key)])
    if (!isThere(entry)) return undefined
    return { text: decoder.decode(entry.value as Uint8Array), version: entry.versionstamp }
  }

  async write(key: string, text: string, version: string | 'absent'): Promise<StoredRecord | undefined> {
    mustFitRecord(key, text)
    const check = { key: KEYS.record(key), versionstamp: version === 'absent' ? null : version }
    const done = await committed(this.#kv.atomic().check(check).set(KEYS.record(key), bytes(text)))
    return done.ok ? { text, version: done.versionstamp } : undefined
  }

  async keys(prefix: string, limit: number, after?: string): Promise<readonly string[]> {
    const start = after === undefined || after < prefix ? prefix : `${after}\u0000`
    const selector = { start: KEYS.record(start), end: KEYS.record(`${prefix}\u007f`) }
    return (await listed(this.#kv, selector, limit)).map((entry) => idOf(entry.key))
  }

  async remove(key: string): Promise<void> {
    await committed(this.#kv.atomic().delete(KEYS.record(key)))
  }
}
