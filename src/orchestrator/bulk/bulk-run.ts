import { DEFAULTS } from '../../defaults.ts'
import { pageOfSagas } from '../answer-filter.ts'
import { BatutaError } from '../../errors.ts'
import type { Page, Persistency } from '../../ports/persistency.ts'
import { countItems } from './bulk-operation.ts'
import type { BulkItem, BulkOperation } from './bulk-operation.ts'
import { BulkPace } from './bulk-pace.ts'
import { fittingIds } from './bulk-records.ts'
import type { BulkRecords, ResultChunk, VersionedChunk, VersionedOperation } from './bulk-records.ts'
import { alreadyDone, carryOut, unreadableItems } from './bulk-slice.ts'
import type { SliceParts } from './bulk-slice.ts'

/** Options of `BulkRun`. */
export interface BulkRunOptions extends SliceParts {
  readonly persistency: Persistency
  readonly records: BulkRecords
  /** Name of this process in leases, which no other process has. */
  readonly runner: string
  /** True once the run has to end after the page under way. */
  readonly mustEnd: () => boolean
  /** Called when this process has the lease. */
  readonly taken: (operation: BulkOperation) => void
  /** Called once for each result, in whichever process counts it. */
  readonly counted: (items: readonly BulkItem[]) => void
}

/** Most sagas of a page. */
const PAGE = 50
/** The same on hosts that bound the requests of one invocation, and most pages of a run there. */
const BRIEF = { page: 10, pages: 15 } as const

/**
 * Carries out one operation page by page, until it ends or has to stop. The sagas of a page are written down, then taken, then their
 * results are written and counted. Every write is conditional: after the end of its process another one takes the page again, whose
 * sagas answer `repeated` if they were done, and a process that lost its lease stops at its next write.
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
    const most = runtime.mayVanish ? BRIEF.pages : Number.POSITIVE_INFINITY
    const pace = new BulkPace(runtime, current.operation.rate)
    current = await this.#adopted(current, pace)
    for (let pages = 0; current?.operation.status === 'running' && pages < most && !mustEnd(); pages++)
      current = await this.#slice(current, pace)
    if (current === undefined) return undefined
    if (current.operation.status === 'running') return void (await this.#release(current))
    await records.unmark(id)
    return current.operation
  }

  /** Takes the lease, unless another process has it. */
  async #take(id: string): Promise<VersionedOperation | undefined> {
    const { records, runtime, runner, persistency, taken } = this.#options
    const found = await records.read(id)
    if (found === undefined) return void (await this.#dropMark(id))
    const { lease } = found.operation
    const isHeld = persistency.can.shared && lease !== undefined && lease.runner !== runner
    if (isHeld && lease.until > runtime.wallClock()) return undefined
    const written = await records.write({ ...found.operation, lease: this.#lease() }, found.version)
    if (written !== undefined) taken(found.operation)
    return written
  }

  /** The mark is written before the operation, which may never follow. One that was written meanwhile gets its mark again. */
  async #dropMark(id: string): Promise<void> {
    const { records, runtime } = this.#options
    const now = runtime.wallClock()
    if (now - (await records.openedAt(id)) <= DEFAULTS.bulkLease) return
    await records.unmark(id)
    if ((await records.read(id))?.operation.status === 'running') await records.markOpen(id, now)
  }

  #lease(): BulkOperation['lease'] {
    const { runner, runtime } = this.#options
    return { runner, until: runtime.wallClock() + DEFAULTS.bulkLease }
  }

  /** Goes on with the page that an earlier process had begun. */
  async #adopted(taken: VersionedOperation, pace: BulkPace): Promise<VersionedOperation | undefined> {
    const { id, chunks } = taken.operation
    const begun = await this.#options.records.chunk(id, chunks)
    return begun === undefined ? taken : this.#end(taken, begun, pace)
  }

  async #slice(current: VersionedOperation, pace: BulkPace): Promise<VersionedOperation | undefined> {
    const plan = planOf(await this.#page(current.operation))
    if (plan.planned?.length === 0 && plan.items.length === 0) return this.#fold(current, plan)
    const begun = await this.#options.records.writeChunk(current.operation, plan, 'absent')
    return begun && this.#end(current, begun, pace)
  }

  /** Carries out what is planned, then counts the chunk. */
  async #end(
    current: VersionedOperation,
    { chunk, version }: VersionedChunk,
    pace: BulkPace,
  ): Promise<VersionedOperation | undefined> {
    const { planned, ...known } = chunk
    if (planned === undefined) return this.#fold(current, chunk)
    const { operation } = current
    const done =
      operation.status === 'running'
        ? await carryOut(this.#options, { operation, pace }, planned)
        : await alreadyDone(this.#options, operation, planned)
    const ended: ResultChunk = { ...known, items: [...done, ...known.items] }
    const written = await this.#options.records.writeChunk(operation, ended, version)
    return written && this.#fold(current, ended)
  }

  #page({ filter, cursor, rate }: BulkOperation): Promise<Page> {
    const { runtime, persistency } = this.#options
    const { name, can } = persistency
    const limit = Math.min(runtime.mayVanish ? BRIEF.page : PAGE, Math.ceil(rate))
    if (can.list === false) throw new BatutaError('store-unusable', `list sagas of the store "${name}": it cannot list`)
    return pageOfSagas(can.list, { ...filter, limit, after: cursor })
  }

  /** Counts a chunk in the operation's record and renews the lease. `undefined` where another process has taken over. */
  async #fold(from: VersionedOperation, chunk: ResultChunk): Promise<VersionedOperation | undefined> {
    const { records, runner, counted } = this.#options
    const { chunks } = from.operation
    for (let found: VersionedOperation | undefined = from; found !== undefined;) {
      const { operation, version } = found
      if (operation.lease?.runner !== runner || operation.chunks !== chunks) return undefined
      const written = await records.write(this.#folded(operation, chunk), version)
      if (written !== undefined) {
        counted(chunk.items)
        return written
      }
      found = await records.read(operation.id)
    }
    return undefined
  }

  #folded(operation: BulkOperation, { planned, items, cursor, isLast }: ResultChunk): BulkOperation {
    const counts = countItems(operation.counts, items)
    const chunks = operation.chunks + (planned === undefined ? 1 : 0)
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

/** The sagas to take next: those of a page, or as many as have room for their results. A page without any counts as it is. */
function planOf(page: Page): ResultChunk {
  const ids = page.items.map(({ id }) => id)
  const planned = fittingIds(ids)
  const last = planned.length < ids.length ? page.items[planned.length - 1] : undefined
  if (last !== undefined) return { planned, items: [], cursor: { createdAt: last.createdAt, id: last.id } }
  const items = unreadableItems(page)
  return page.next === undefined ? { planned, items, isLast: true } : { planned, items, cursor: page.next }
}
