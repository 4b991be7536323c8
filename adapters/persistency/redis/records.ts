import { mustFitRecord } from '../../../src/codec/record-bound.ts'
import type { RecordStore, StoredRecord } from '../../../src/ports/persistency.ts'
import type { RedisKeys } from './keys.ts'
import type { AskScript } from './read.ts'
import { READ } from './scripts/read.ts'
import { RECORD_KEYS, REMOVE_RECORD, WRITE_RECORD } from './scripts/records.ts'

/** The service's own records, in keys of their own below the prefix. They never expire. */
export class RedisRecords implements RecordStore {
  readonly #keys: RedisKeys
  readonly #ask: AskScript

  constructor(keys: RedisKeys, ask: AskScript) {
    this.#keys = keys
    this.#ask = ask
  }

  async read(key: string): Promise<StoredRecord | undefined> {
    const found = await this.#ask(READ, [this.#keys.record + key], ['HMGET', 'v', 't'])
    const [version, text] = found as readonly (string | null)[]
    return typeof version === 'string' && typeof text === 'string' ? { text, version } : undefined
  }

  async write(key: string, text: string, version: string | 'absent'): Promise<StoredRecord | undefined> {
    mustFitRecord(key, text)
    const { record, records, recordWrites } = this.#keys
    const args = [key, text, version === 'absent' ? '' : version]
    const written = await this.#ask(WRITE_RECORD, [record + key, records, recordWrites], args)
    return typeof written === 'string' ? { text, version: written } : undefined
  }

  async keys(prefix: string, limit: number, after?: string): Promise<readonly string[]> {
    const from = after === undefined || after < prefix ? `[${prefix}` : `(${after}`
    const args = [from, `(${prefix}\u007f`, String(limit)]
    return (await this.#ask(RECORD_KEYS, [this.#keys.records], args)) as string[]
  }

  async remove(key: string): Promise<void> {
    const { record, records } = this.#keys
    await this.#ask(REMOVE_RECORD, [record + key, records], [key])
  }
}
