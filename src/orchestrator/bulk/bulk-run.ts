import { DEFAULTS } from '../../defaults.ts'
import { BatutaError } from '../../errors.ts'
import type { Page, Persistency } from '../../ports/persistency.ts'
import { countItems } from './bulk-operation.ts'
import type { BulkOperation } from './bulk-operation.ts'
import { BulkPace } from './bulk-pace.ts'
import { chunksOf } from './bulk-records.ts'
import type { BulkRecords, ResultChunk, VersionedOperation } from './bulk-records.ts'
import { carryOut } from './bulk-slice.ts'
import type { SliceParts } from './bulk-slice.ts'

/** Options of `BulkRun`. */
export interface BulkRunOptions extends SliceParts {
  readonly persistency: Persistency
  readonly records: BulkRecords
  /** Name of this process in leases, which no other process has. */
  readonly runner: string
  /** True once the run has to end after the page under way. */
  readonly mustEnd: () => boolean
}

/** Most sagas of a page. */
const PAGE = 100

/**
 * Carries out one operation page by page, until it ends or has to stop. Its results are written before its record, and every write
 * is conditional: a process that was killed has lost no result but those of its last page, whose sagas answer `repeated`, and one that
 * lost its lease stops at its next write.
 */
export class BulkRun {
  readonly #options: BulkRunOptions

  constructor(options: BulkRunOptions) {
    this.#options = options
  }

  /** Returns the operation where it has ended; `undefined` where it goes on later or in another process. */
  async run(id: string): Promise<BulkOperation | undefined> {
    const { records, runtime, mustEnd } = this.#options
    let current = await this.#take(id)
    if (current === undefined) return undefined
    const pace = new BulkPace(runtime, current.operation.rate)
    current = await this.#adopted(current)
    while (current?.operation.status === 'running' && !mustEnd()) current = await this.#slice(current, pace)
    if (current === undefined) return undefined
    if (current.operation.status === 'running') return void (await this.#release(current))
    await records.unmark(id)
    return current.operation
  }

  /** Takes the lease, unless another process has it. */
  async #take(id: string): Promise<VersionedOperation | undefined> {
    const { records, runtime, runner, persistency } = this.#options
    const found = await records.read(id)
    if (found === undefined) return void (await this.#dropMark(id))
    const { lease } = found.operation
    const isHeld = persistency.can.shared && lease !== undefined && lease.runner !== runner
    if (isHeld && lease.until > runtime.wallClock()) return undefined
    return records.write({ ...found.operation, lease: this.#lease() }, found.version)
  }

  /** The mark is written before the operation, which may never follow. */
  async #dropMark(id: string): Promise<void> {
    const { records, runtime } = this.#options
    if (runtime.wallClock() - (await records.openedAt(id)) > DEFAULTS.bulkLease) await records.unmark(id)
  }

  #lease(): BulkOperation['lease'] {
    const { runner, runtime } = this.#options
    return { runner, until: runtime.wallClock() + DEFAULTS.bulkLease }
  }

  /** Counts results that an earlier process wrote before its end. */
  async #adopted(taken: VersionedOperation): Promise<VersionedOperation | undefined> {
    const { records } = this.#options
    for (let current = taken; ;) {
      const { id, chunks } = current.operation
      const chunk = await records.chunk(id, chunks)
      const next = chunk === undefined ? undefined : await this.#fold(current, chunk)
      if (chunk === undefined || next === undefined) return chunk === undefined ? current : undefined
      current = next
    }
  }

  async #slice(current: VersionedOperation, pace: BulkPace): Promise<VersionedOperation | undefined> {
    const { operation } = current
    const page = await this.#page(operation)
    const items = await carryOut(this.#options, { operation, pace }, page)
    const place = page.next === undefined ? { isLast: true as const } : { cursor: page.next }
    if (items.length === 0) return this.#fold(current, { items, ...place })
    let next: VersionedOperation | undefined = current
    for (const chunk of chunksOf(items, place)) {
      if (next === undefined) return undefined
      const isOurs = await this.#options.records.writeChunk(operation, next.operation.chunks, chunk)
      next = isOurs ? await this.#fold(next, chunk) : undefined
    }
    return next
  }

  #page({ filter, cursor, rate }: BulkOperation): Promise<Page> {
    const { list, name } = { ...this.#options.persistency.can, name: this.#options.persistency.name }
    if (list === false) throw new BatutaError('store-unusable', `list the sagas of the store "${name}": it cannot list`)
    return list.page({ ...filter, limit: Math.min(PAGE, Math.ceil(rate)), after: cursor })
  }

  /** Counts a chunk in the operation's record and renews the lease. `undefined` where another process has taken over. */
  async #fold(from: VersionedOperation, chunk: ResultChunk): Promise<VersionedOperation | undefined> {
    const { records, runner } = this.#options
    const { chunks } = from.operation
    for (let found: VersionedOperation | undefined = from; found !== undefined;) {
      const { operation, version } = found
      if (operation.lease?.runner !== runner || operation.chunks !== chunks) return undefined
      const written = await records.write(this.#folded(operation, chunk), version)
      if (written !== undefined) return written
      found = await records.read(operation.id)
    }
    return undefined
  }

  #folded(operation: BulkOperation, { items, cursor, isLast }: ResultChunk): BulkOperation {
    const counts = countItems(operation.counts, items)
    const chunks = operation.chunks + (items.length > 0 ? 1 : 0)
    const counted = { ...operation, counts, chunks, cursor: cursor ?? operation.cursor }
    if (operation.status !== 'running') return { ...counted, lease: undefined }
    if (isLast !== true) return { ...counted, lease: this.#lease() }
    return { ...counted, status: 'done', endedAt: this.#options.runtime.wallClock(), lease: undefined }
  }

  /** Another process may go on at once. */
  async #release({ operation, version }: VersionedOperation): Promise<void> {
    await this.#options.records.write({ ...operation, lease: undefined }, version)
  }
}
