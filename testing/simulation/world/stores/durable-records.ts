import type { RecordStore, StoredRecord } from '../../../../src/ports/persistency.ts'
import type { StoreLine } from './store-line.ts'

/** The records of a store, which outlive every process. */
export class DurableRecords implements RecordStore {
  readonly #records = new Map<string, StoredRecord>()
  #writes = 0

  async read(key: string): Promise<StoredRecord | undefined> {
    return this.#records.get(key)
  }

  async write(key: string, text: string, version: string | 'absent'): Promise<StoredRecord | undefined> {
    return this.put(key, text, version)
  }

  async keys(prefix: string, limit: number, after = ''): Promise<readonly string[]> {
    return [...this.keysOf(prefix)].filter((key) => key > after).slice(0, limit)
  }

  async remove(key: string): Promise<void> {
    this.drop(key)
  }

  /** A conditional write in one piece; `undefined` where the record has another version. */
  put(key: string, text: string, version: string | 'absent'): StoredRecord | undefined {
    if ((this.#records.get(key)?.version ?? 'absent') !== version) return undefined
    const record = { text, version: `v${++this.#writes}` }
    this.#records.set(key, record)
    return record
  }

  drop(key: string): void {
    this.#records.delete(key)
  }

  /** Keys with this prefix, in the order of their bytes: they are ASCII. */
  keysOf(prefix: string): readonly string[] {
    const keys = [...this.#records.keys()].filter((key) => key.startsWith(prefix))
    return keys.toSorted((one, other) => (one < other ? -1 : 1))
  }
}

/**
 * The records as one process reaches them: each call may fail like one of a saga. A write that throws may land, now or later; a removal,
 * which has no condition, now or never.
 */
export function recordsOver(line: StoreLine, records: DurableRecords): RecordStore {
  return {
    read: (key) => line.read(RECORDS, () => records.read(key)),
    write: (key, text, version) => line.write(RECORDS, { apply: () => records.put(key, text, version) }),
    keys: (prefix, limit, after) => line.read(RECORDS, () => records.keys(prefix, limit, after)),
    remove: (key) => line.write(RECORDS, { apply: () => records.drop(key), isBare: true }),
  }
}

/** Name of their stream of decisions. */
const RECORDS = 'records'
