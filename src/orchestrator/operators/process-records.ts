import { mustFitRecord } from '../../codec/record-bound.ts'
import { RESULT_RECORDS } from './record-watch.ts'
import type { RecordStore, StoredRecord } from '../../ports/persistency.ts'

/** Most characters of results; the oldest go first. */
const MOST_RESULTS = 32 * 1024 * 1024

/**
 * Records for a store that has no place for them: they end with the process, and no other process sees them. Results of bulk
 * operations are one for each saga, so those beyond a bound are forgotten.
 */
export class ProcessRecords implements RecordStore {
  readonly #records = new Map<string, StoredRecord>()
  readonly #most: number
  #writes = 0
  #results = 0

  constructor(most: number = MOST_RESULTS) {
    this.#most = most
  }

  async read(key: string): Promise<StoredRecord | undefined> {
    return this.#records.get(key)
  }

  async write(key: string, text: string, version: string | 'absent'): Promise<StoredRecord | undefined> {
    mustFitRecord(key, text)
    if ((this.#records.get(key)?.version ?? 'absent') !== version) return undefined
    const record = { text, version: String(++this.#writes) }
    this.#set(key, record)
    if (this.#results > this.#most) this.#forgetResults(key)
    return record
  }

  async keys(prefix: string, limit: number, after = ''): Promise<readonly string[]> {
    const found = [...this.#records.keys()].filter((key) => key.startsWith(prefix) && key > after)
    return found.toSorted().slice(0, limit)
  }

  async remove(key: string): Promise<void> {
    this.#set(key, undefined)
  }

  #set(key: string, record: StoredRecord | undefined): void {
    if (key.startsWith(RESULT_RECORDS)) this.#results += sizeOf(record) - sizeOf(this.#records.get(key))
    if (record === undefined) this.#records.delete(key)
    else this.#records.set(key, record)
  }

  /** Down to three quarters of the bound, so that few writes look for the oldest. */
  #forgetResults(but: string): void {
    for (const key of this.#records.keys()) {
      if (this.#results <= (this.#most * 3) / 4) return
      if (key.startsWith(RESULT_RECORDS) && key !== but) this.#set(key, undefined)
    }
  }
}

function sizeOf(record: StoredRecord | undefined): number {
  return record === undefined ? 0 : record.text.length
}
