import { mustFitRecord } from '../codec/record-bound.ts'
import type { RecordStore, StoredRecord } from '../ports/persistency.ts'

/** Records for a store that has no place for them: they end with the process, and no other process sees them. */
export class ProcessRecords implements RecordStore {
  readonly #records = new Map<string, StoredRecord>()
  #writes = 0

  async read(key: string): Promise<StoredRecord | undefined> {
    return this.#records.get(key)
  }

  async write(key: string, text: string, version: string | 'absent'): Promise<StoredRecord | undefined> {
    mustFitRecord(key, text)
    if ((this.#records.get(key)?.version ?? 'absent') !== version) return undefined
    const record = { text, version: String(++this.#writes) }
    this.#records.set(key, record)
    return record
  }

  async keys(prefix: string, limit: number, after = ''): Promise<readonly string[]> {
    const found = [...this.#records.keys()].filter((key) => key.startsWith(prefix) && key > after)
    return found.toSorted(byUnits).slice(0, limit)
  }

  async remove(key: string): Promise<void> {
    this.#records.delete(key)
  }
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
