import { LARGEST_RECORD } from '../../codec/record-bound.ts'
import { bytesOf, fits } from '../../codec/utf8-size.ts'
import type { SagaId } from '../../engine/saga.ts'
import type { Cursor, RecordStore } from '../../ports/persistency.ts'
import { OPEN_RECORDS, RESULT_RECORDS } from '../operators/record-watch.ts'
import type { BulkItem, BulkOperation } from './bulk-operation.ts'
import { LARGEST_RESULT } from './bulk-slice.ts'

/** Results of a page, in the order in which its sagas are taken. */
export interface ResultChunk {
  /** Sagas that are under way: the chunk is written before them, since a saga that was changed may match the filter no more. */
  readonly planned?: readonly SagaId[] | undefined
  readonly items: readonly BulkItem[]
  /** Place of the page's last saga in the list. */
  readonly cursor?: Cursor | undefined
  /** No further page follows. */
  readonly isLast?: true | undefined
}

/** A chunk, and the version of its record. */
export interface VersionedChunk {
  readonly chunk: ResultChunk
  readonly version: string
}

/** An operation, and the version of its record. */
export interface VersionedOperation {
  readonly operation: BulkOperation
  readonly version: string
}

const [HEAD, OPEN] = ['operation/', `${OPEN_RECORDS}operation/`]
/** Operations of one store. */
const MOST = 1_000
/** Bytes that leave room for the frame of a record, which has the place of a saga. */
const CHUNK = LARGEST_RECORD - 4_096

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

  async chunk(id: string, number: number): Promise<VersionedChunk | undefined> {
    const record = await this.#records.read(chunkKey(id, number))
    return record && { chunk: JSON.parse(record.text) as ResultChunk, version: record.version }
  }

  /** `undefined` where another process has written this chunk. */
  async writeChunk(
    { id, chunks }: Pick<BulkOperation, 'id' | 'chunks'>,
    chunk: ResultChunk,
    version: string | 'absent',
  ): Promise<VersionedChunk | undefined> {
    const written = await this.#records.write(chunkKey(id, chunks), JSON.stringify(chunk), version)
    return written && { chunk, version: written.version }
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
    return this.#records.keys(`${RESULT_RECORDS}${id}/`, MOST)
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

/** The first ids whose results fit into one chunk, however long each of them is. */
export function fittingIds(ids: readonly SagaId[]): readonly SagaId[] {
  let bytes = 0
  const end = ids.findIndex((id) => (bytes += bytesOf(JSON.stringify(id)) + LARGEST_RESULT) > CHUNK)
  return end === -1 ? ids : ids.slice(0, Math.max(1, end))
}

/** Padded, so that the order of keys is that of numbers. */
function chunkKey(id: string, number: number): string {
  return `${RESULT_RECORDS}${id}/${String(number).padStart(9, '0')}`
}
