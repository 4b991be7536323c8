import { findDueInOrder, findOwingInOrder } from '../../src/codec/find-due.ts'
import type { FindInOrder } from '../../src/codec/find-due.ts'
import { encodeDocument } from '../../src/codec/encode-document.ts'
import { encodeEntry } from '../../src/codec/history-entry.ts'
import type { HistoryStep } from '../../src/codec/history-entry.ts'
import { keptKeys } from '../../src/codec/kept-keys.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { writeVerdict } from '../../src/codec/write-verdict.ts'
import type { Change, Step } from '../../src/engine/change.ts'
import type { EventId, Instant, Saga, SagaId, WriteId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, DuePlace, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import { Slices } from '../../src/slices.ts'
import type { RunSlice, SlicesOptions } from '../../src/slices.ts'
import { SagaIndexes } from './memory/indexes.ts'
import { countsOf, pageOf } from './memory/list.ts'
import type { SagasByCreation } from './memory/list.ts'
import { sleep } from '../timing.ts'

/** Options of `memoryPersistency`. */
export interface MemoryOptions {
  /** True if several orchestrators share the store and respect each other's leases (P12). Default: false. */
  readonly shared?: boolean | undefined
  /** Clock and pauses of long queries. Default: those of the host; a simulation gives its own. */
  readonly slices?: SlicesOptions | undefined
}

const HOST_SLICES: SlicesOptions = { now: () => performance.now(), wait: sleep }

/** A store in memory, for the life of the process. Its content is immutable by type, so nothing is copied. */
export function memoryPersistency(options: MemoryOptions = {}): Persistency {
  return new MemoryPersistency(options)
}

interface StoredSaga {
  saga: Saga
  writeId: WriteId
  readonly history: HistoryStep[]
  /** Write id by the event's identity (P7). */
  readonly events: Map<string, WriteId>
}

class MemoryPersistency implements Persistency {
  readonly name = 'memory'
  readonly can: Capabilities
  readonly #sagas = new Map<SagaId, StoredSaga>()
  readonly #indexes = new SagaIndexes()
  readonly #slices: Slices
  #open = true

  constructor({ shared = false, slices = HOST_SLICES }: MemoryOptions) {
    this.#slices = new Slices(slices)
    const find: FindInOrder<Loaded> = async (...asked) => this.#findDue(...asked)
    this.can = {
      compareAndSet: 'always',
      shared,
      growth: 'append',
      recovery: {
        by: 'sweep',
        findDue: (now, limit, after) => findDueInOrder(find, { now, limit, after }),
        findOwing: (limit, after) => findOwingInOrder(find, limit, after),
      },
      list: { page: (query) => pageOf(this.#byCreation, query) },
      removal: { removeFinal: (before, limit) => this.#removeFinal(before, limit) },
      counts: { count: (query) => countsOf(this.#byCreation, query) },
      records: false,
      adoption: false,
      limit: false,
    }
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    const kept = this.#kept(id)
    return kept && loaded(kept)
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    const kept = this.#kept(change.sagaId)
    const event = change.step && kept?.events.get(identity(change.step.event.id, change.step.event.label))
    const condition = basis === 'absent' ? 'absent' : basis === kept?.writeId ? 'current' : 'outdated'
    const verdict = writeVerdict(change, condition, kept && { newest: kept.writeId, event })
    if (verdict === undefined) return kept === undefined ? this.#create(change, next) : this.#write(kept, change, next)
    return verdict === 'saved' ? saved(change) : { kind: verdict }
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#kept(id)?.events.has(identity(event, label)) ?? false
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const kept = this.#kept(id)
    return (
      kept &&
      encodeDocument(
        kept.saga,
        kept.history.map((passage) => encodeEntry(passage, '')),
      )
    )
  }

  async probe(): Promise<Health> {
    return this.#open ? { ok: true } : { ok: false, why: CLOSED }
  }

  async close(): Promise<void> {
    this.#open = false
  }

  #kept(id: SagaId): StoredSaga | undefined {
    return this.#all().get(id)
  }

  #all(): Map<SagaId, StoredSaga> {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
    return this.#sagas
  }

  #create(change: Change, next: Saga): Saved {
    const kept: StoredSaga = { saga: next, writeId: change.writeId, history: [], events: new Map() }
    this.#sagas.set(next.id, kept)
    this.#indexes.put(undefined, next)
    return this.#write(kept, change, next)
  }

  #write(kept: StoredSaga, change: Change, next: Saga): Saved {
    const { step, writeId } = change
    this.#indexes.put(kept.saga, next)
    kept.saga = next
    kept.writeId = writeId
    if (step !== undefined) {
      kept.history.push(passageOf(step))
      kept.events.set(identity(step.event.id, step.event.label), writeId)
    }
    return saved(change)
  }

  #findDue(now: Instant, limit: number, after?: DuePlace): readonly Loaded[] {
    return this.#indexes.due(now, limit, after).map((id) => loaded(this.#kept(id) as StoredSaga))
  }

  async #removeFinal(before: Instant, limit: number): Promise<number> {
    const sagas = this.#all()
    const ids = this.#indexes.ended(before, limit)
    for (const id of ids) {
      this.#indexes.drop((sagas.get(id) as StoredSaga).saga)
      sagas.delete(id)
    }
    if (ids.length === limit) await sleep(0) // yields: the caller may ask for more at once
    return ids.length
  }

  get #byCreation(): SagasByCreation {
    const find = (id: SagaId) => this.#kept(id)?.saga
    const run: RunSlice = (slice) => this.#slices.run(slice)
    return { created: this.#indexes.created, find, run }
  }
}

const CLOSED = 'the store "memory" is closed'

function saved({ writeId }: Change): Saved {
  return { kind: 'saved', basis: writeId }
}

function loaded({ saga, writeId }: StoredSaga): Loaded {
  return { saga, basis: writeId }
}

/** The identity of an event as one text: no two pairs of id and label share one (P7). */
function identity(event: EventId, label: string): string {
  return `${event.length}/${event}${label}`
}

/** A copy without metadata: keeping the step would keep the metadata of every step alive. */
function passageOf(step: Step): HistoryStep {
  const { at, event, state, machine, by } = step
  return { at, event, state, machine, by, ...keptKeys(step) }
}
