import { LARGEST_RECORD } from '../../codec/record-bound.ts'
import { bytesOf, fits } from '../../codec/utf8-size.ts'
import type { Cursor, RecordStore } from '../../ports/persistency.ts'
import { OPEN_RECORDS } from '../record-watch.ts'
import type { BulkItem, BulkOperation } from './bulk-operation.ts'

/** Results of some sagas, in the order in which they were visited. */
export interface ResultChunk {
  readonly items: readonly BulkItem[]
  /** The last one of a page: its place in the list. */
  readonly cursor?: Cursor | undefined
  /** No further page follows. */
  readonly isLast?: true | undefined
}

/** An operation, and the version of its record. */
export interface VersionedOperation {
  readonly operation: BulkOperation
  readonly version: string
}

const [HEAD, OPEN, RESULTS] = ['operation/', `${OPEN_RECORDS}operation/`, 'results/']
/** Operations of one store. */
const MOST = 1_000
/** Bytes that leave room for the frame of a chunk. */
const CHUNK = LARGEST_RECORD - 1_024
const LARGEST_ITEM = 8_192

/**
 * The records of bulk operations: one of each operation, a mark for each that has not ended, and its results in chunks. Each of them is
 * small, and a process that looks for work reads the names of the marks alone.
 */
export class BulkRecords {
  readonly #records: RecordStore

  constructor(records: RecordStore) {
    this.#records = records
  }

  async read(id: string): Promise<VersionedOperation | undefined> {
    const record = await this.#records.read(HEAD + id)
    return record && { operation: JSON.parse(record.text) as BulkOperation, version: record.version }
  }

  /** `undefined` where another process has written since. */
  async write(operation: BulkOperation, version: string | 'absent'): Promise<VersionedOperation | undefined> {
    const written = await this.#records.write(HEAD + operation.id, JSON.stringify(operation), version)
    return written && { operation, version: written.version }
  }

  /** Ids of operations that have not ended. */
  async open(limit: number = MOST): Promise<readonly string[]> {
    return openOperationsIn(await this.#records.keys(OPEN, limit))
  }

  /** Instant of the mark. */
  async openedAt(id: string): Promise<number> {
    return Number((await this.#records.read(OPEN + id))?.text ?? 0)
  }

  async markOpen(id: string, now: number): Promise<void> {
    await this.#records.write(OPEN + id, String(now), 'absent')
  }

  async unmark(id: string): Promise<void> {
    await this.#records.remove(OPEN + id)
  }

  async ids(): Promise<readonly string[]> {
    return (await this.#records.keys(HEAD, MOST)).map((key) => key.slice(HEAD.length))
  }

  async chunk(id: string, number: number): Promise<ResultChunk | undefined> {
    const record = await this.#records.read(chunkKey(id, number))
    return record && (JSON.parse(record.text) as ResultChunk)
  }

  /** False where another process has written this chunk. */
  async writeChunk({ id }: Pick<BulkOperation, 'id'>, number: number, chunk: ResultChunk): Promise<boolean> {
    return (await this.#records.write(chunkKey(id, number), JSON.stringify(chunk), 'absent')) !== undefined
  }

  /** The operation with its results; its own record goes last, so that an interrupted removal is found again. */
  async remove(id: string): Promise<void> {
    for (let keys = await this.#chunkKeys(id); keys.length > 0; keys = await this.#chunkKeys(id)) {
      for (const key of keys) await this.#records.remove(key)
    }
    await this.unmark(id)
    await this.#records.remove(HEAD + id)
  }

  #chunkKeys(id: string): Promise<readonly string[]> {
    return this.#records.keys(`${RESULTS}${id}/`, MOST)
  }
}

/** The operations among the keys of open records. */
export function openOperationsIn(keys: readonly string[]): readonly string[] {
  return keys.filter((key) => key.startsWith(OPEN)).map((key) => key.slice(OPEN.length))
}

/** True where an operation fits into its record, whatever its counts become. */
export function fitsRecord(operation: BulkOperation): boolean {
  return fits(JSON.stringify(operation), CHUNK)
}

/** The results of a page as chunks, each of which fits into a record; the last one has the page's place. */
export function chunksOf(items: readonly BulkItem[], place: Omit<ResultChunk, 'items'>): readonly ResultChunk[] {
  const parts: BulkItem[][] = [[]]
  let size = 0
  for (const item of items.map(shortened)) {
    const bytes = bytesOf(JSON.stringify(item)) + 1
    if (size + bytes > CHUNK - LARGEST_ITEM) {
      parts.push([])
      size = 0
    }
    size += bytes
    parts.at(-1)?.push(item)
  }
  return parts.map((part, at) => (at === parts.length - 1 ? { items: part, ...place } : { items: part }))
}

/** An item without details that are too long to be kept. */
function shortened(item: BulkItem): BulkItem {
  if (item.details === undefined || fits(JSON.stringify(item.details), LARGEST_DETAILS)) return item
  const { details: _, ...rest } = item
  return rest
}

const LARGEST_DETAILS = 1_024

/** Padded, so that the order of keys is that of numbers. */
function chunkKey(id: string, number: number): string {
  return `${RESULTS}${id}/${String(number).padStart(9, '0')}`
}
