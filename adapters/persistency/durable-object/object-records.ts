import { mustFitRecord } from '../../../src/codec/record-bound.ts'
import type { RecordStore, StoredRecord } from '../../../src/ports/persistency.ts'

/** The part of `ctx.storage` that holds records; that of a transaction is the same. */
export interface RecordStorage {
  get(key: string): Promise<unknown>
  put(key: string, value: unknown): Promise<void>
  delete(key: string): Promise<boolean>
  list(options: {
    readonly prefix: string
    readonly limit: number
    readonly startAfter?: string
  }): Promise<Map<string, unknown>>
}

/** The storage of one object. */
export interface TransactionalStorage extends RecordStorage {
  transaction<T>(work: (storage: RecordStorage) => Promise<T>): Promise<T>
}

const PREFIX = 'record/'

/** Records of the service in the storage of one Durable Object, whatever its class declares: with SQLite or without. */
export class ObjectRecords implements RecordStore {
  readonly #storage: TransactionalStorage

  constructor(storage: TransactionalStorage) {
    this.#storage = storage
  }

  async read(key: string): Promise<StoredRecord | undefined> {
    return (await this.#storage.get(PREFIX + key)) as StoredRecord | undefined
  }

  async write(key: string, text: string, version: string | 'absent'): Promise<StoredRecord | undefined> {
    mustFitRecord(key, text)
    return this.#storage.transaction(async (storage) => {
      const found = (await storage.get(PREFIX + key)) as StoredRecord | undefined
      if ((found?.version ?? 'absent') !== version) return undefined
      const record: StoredRecord = { text, version: crypto.randomUUID() }
      await storage.put(PREFIX + key, record)
      return record
    })
  }

  async keys(prefix: string, limit: number, after = ''): Promise<readonly string[]> {
    const begin = PREFIX + prefix
    const from = PREFIX + after
    const options = from > begin ? { prefix: begin, limit, startAfter: from } : { prefix: begin, limit }
    return [...(await this.#storage.list(options)).keys()].map((key) => key.slice(PREFIX.length))
  }

  async remove(key: string): Promise<void> {
    await this.#storage.delete(PREFIX + key)
  }
}
