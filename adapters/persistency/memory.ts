import { encodeDocument, encodeEntry } from '../../src/codec/document.ts'
import type { Passage, SagaDocument } from '../../src/codec/document.ts'
import type { Change, EventId, Instant, Saga, SagaId, Step, WriteId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type {
  Basis,
  Capabilities,
  DuePlace,
  ListQuery,
  Loaded,
  Page,
  Persistency,
  Saved,
} from '../../src/ports/persistency.ts'

export interface MemoryOptions {
  /** Whether several orchestrators are to share it, each respecting the leases of the others (P12). Default: false. */
  readonly shared?: boolean | undefined
}

/** Keeps sagas as long as the process lives. Everything it holds is immutable by type, so nothing is copied. */
export function memoryPersistency(options: MemoryOptions = {}): Persistency {
  return new MemoryPersistency(options.shared ?? false)
}

interface Kept {
  saga: Saga
  writeId: WriteId
  readonly history: Passage[]
  /** Who wrote which event, by the event's identity (P7). */
  readonly events: Map<string, WriteId>
}

class MemoryPersistency implements Persistency {
  readonly name = 'memory'
  readonly can: Capabilities
  readonly #sagas = new Map<SagaId, Kept>()
  readonly #due = new DueIndex()
  #open = true

  constructor(shared: boolean) {
    this.can = {
      compareAndSet: 'always',
      shared,
      growth: 'append',
      recovery: { by: 'sweep', findDue: async (...asked) => this.#findDue(...asked) },
      list: { page: async (query) => this.#page(query) },
      removal: { removeFinal: async (before, limit) => this.#removeFinal(before, limit) },
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
    if (kept === undefined) return basis === 'absent' ? this.#create(change, next) : CONFLICT
    if (kept.writeId === change.writeId) return saved(change)
    const writer = change.step && kept.events.get(identity(change.step.event.id, change.step.event.label))
    // Another creation of the same saga is for its caller to compare with, not a duplicate (P2, P8).
    if (writer !== undefined && (basis !== 'absent' || writer === change.writeId)) return { kind: 'duplicate' }
    return basis === kept.writeId ? this.#write(kept, change, next) : CONFLICT
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

  #kept(id: SagaId): Kept | undefined {
    return this.#all().get(id)
  }

  #all(): Map<SagaId, Kept> {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
    return this.#sagas
  }

  #create(change: Change, next: Saga): Saved {
    const kept: Kept = { saga: next, writeId: change.writeId, history: [], events: new Map() }
    this.#sagas.set(next.id, kept)
    return this.#write(kept, change, next)
  }

  #write(kept: Kept, change: Change, next: Saga): Saved {
    const { step, writeId } = change
    kept.saga = next
    kept.writeId = writeId
    this.#due.put(next)
    if (step !== undefined) {
      kept.history.push(passageOf(step))
      kept.events.set(identity(step.event.id, step.event.label), writeId)
    }
    return saved(change)
  }

  #findDue(now: Instant, limit: number, after?: DuePlace): readonly Loaded[] {
    return this.#due.find(now, limit, after).map((id) => loaded(this.#kept(id) as Kept))
  }

  #removeFinal(before: Instant, limit: number): number {
    let removed = 0
    for (const [id, { saga }] of this.#all()) {
      if (removed === limit) break
      if (!saga.isFinal || saga.due !== undefined || saga.updatedAt >= before) continue
      this.#sagas.delete(id)
      removed++
    }
    return removed
  }

  #page(query: ListQuery): Page {
    const found: Saga[] = []
    for (const { saga } of this.#sagas.values()) if (matches(saga, query)) found.push(saga)
    found.sort(newestFirst)
    const items = found.slice(0, query.limit)
    const last = found.length > query.limit ? items.at(-1) : undefined
    return { items, next: last && { createdAt: last.createdAt, id: last.id } }
  }
}

const CLOSED = 'the store "memory" is closed'
const CONFLICT: Saved = Object.freeze({ kind: 'conflict' })

function saved({ writeId }: Change): Saved {
  return { kind: 'saved', basis: writeId }
}

function loaded({ saga, writeId }: Kept): Loaded {
  return { saga, basis: writeId }
}

/** Of id and label together, so that no two pairs share one (P7). */
function identity(event: EventId, label: string): string {
  return `${event.length}/${event}${label}`
}

/** Not the step itself: it would keep the metadata of every step alive. */
function passageOf({ at, event, state, machine }: Step): Passage {
  return { at, event, state, machine }
}

function newestFirst(one: Saga, other: Saga): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}

function matches(saga: Saga, query: ListQuery): boolean {
  return (
    (query.currentState === undefined || query.currentState === saga.state) &&
    (query.businessStateId === undefined || query.businessStateId === saga.business?.id) &&
    (query.isFinal === undefined || query.isFinal === saga.isFinal) &&
    (query.associatedEntityId === undefined || query.associatedEntityId === saga.entity) &&
    (query.since === undefined || query.since <= saga.createdAt) &&
    (query.until === undefined || query.until > saga.createdAt) &&
    (query.after === undefined || isAfter(saga, query.after))
  )
}

function isAfter({ createdAt, id }: Saga, after: NonNullable<ListQuery['after']>): boolean {
  return createdAt < after.createdAt || (createdAt === after.createdAt && id > after.id)
}

/** Sagas by when they are due: those due at one instant side by side, the instants in order. */
class DueIndex {
  readonly #of = new Map<SagaId, Instant>()
  readonly #at = new Map<Instant, Set<SagaId>>()
  /** May have instants at which nothing is due any more. */
  #instants: Instant[] = []
  #isSorted = true

  put({ id, due }: Saga): void {
    const before = this.#of.get(id)
    if (before === due) return
    if (before !== undefined) this.#drop(id, before)
    if (due === undefined) return
    this.#of.set(id, due)
    const there = this.#at.get(due)
    if (there !== undefined) return void there.add(id)
    this.#at.set(due, new Set([id]))
    this.#isSorted &&= (this.#instants.at(-1) ?? due) < due
    this.#instants.push(due)
  }

  find(now: Instant, limit: number, after?: DuePlace): SagaId[] {
    const instants = this.#sorted()
    const found: SagaId[] = []
    for (let at = after === undefined ? 0 : firstFrom(instants, after.due); at < instants.length; at++) {
      const instant = instants[at] as Instant
      if (instant > now) return found
      const there = this.#at.get(instant) ?? new Set()
      let isPast = instant === after?.due && there.has(after.id)
      for (const id of there) {
        if (!isPast) found.push(id)
        else if (id === after?.id) isPast = false
        if (found.length === limit) return found
      }
    }
    return found
  }

  #sorted(): readonly Instant[] {
    if (this.#isSorted && this.#instants.length <= 2 * this.#at.size + 64) return this.#instants
    this.#instants = [...this.#at.keys()].sort((one, other) => one - other)
    this.#isSorted = true
    return this.#instants
  }

  #drop(id: SagaId, due: Instant): void {
    const there = this.#at.get(due)
    this.#of.delete(id)
    if (there?.delete(id) === true && there.size === 0) this.#at.delete(due)
  }
}

/** Index of the first of these, in order, that is not before `from`. */
function firstFrom(instants: readonly Instant[], from: Instant): number {
  let [low, high] = [0, instants.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((instants[middle] as Instant) < from) low = middle + 1
    else high = middle
  }
  return low
}
