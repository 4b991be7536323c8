import type { SagaDocument } from '../../src/codec/document.ts'
import { headOf, shownOf, writerOf } from '../../src/codec/stored.ts'
import type { Change, EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { basisOf, keptOf } from './crud/document.ts'
import type { Kept } from './crud/document.ts'
import { Group } from './crud/group.ts'
import { List } from './crud/list.ts'
import { Reader } from './crud/reader.ts'
import { METADATA_LIMIT } from './crud/size.ts'
import { Wire } from './crud/wire.ts'
import type { CrudSettings } from './crud/wire.ts'
import { Writer } from './crud/write.ts'
import type { Write } from './crud/write.ts'

/**
 * Sagas in a collection of the CRUD Service, as the reference keeps them (C6.2), each write conditional on what was read
 * (C6.4). What is ours lives inside `history`; the collection stays as it is.
 */
export function crudPersistency(settings: CrudSettings, fetch: Fetch): Persistency {
  return new CrudPersistency(new Wire(settings, fetch))
}

const LATE = 'save a saga in the store "crud": the requests before it took all its time, so it was not sent'
const DUPLICATE: Saved = Object.freeze({ kind: 'duplicate' })

class CrudPersistency implements Persistency {
  readonly name = 'crud'
  readonly can: Capabilities
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #steps: Group<Write, Saved>
  readonly #births: Group<Write, Saved>
  #open = true

  constructor(wire: Wire) {
    const reader = new Reader(wire)
    const writer = new Writer(wire, reader)
    const list = new List(reader)
    this.#reader = reader
    this.#writer = writer
    const { least } = wire
    this.#steps = new Group({ write: (writes) => writer.patch(writes), least, late: LATE })
    this.#births = new Group({ write: (writes) => writer.create(writes), least, late: LATE })
    this.can = {
      compareAndSet: 'always',
      shared: true,
      growth: 'document',
      recovery: {
        by: 'sweep',
        findDue: async (now, limit) => (await this.#use().due(now, limit)).map(loaded),
      },
      list: {
        page: async (query) => {
          this.#use()
          return list.page(query)
        },
      },
      removal: false,
      limit: METADATA_LIMIT,
    }
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    const kept = await this.#use().one(id)
    return kept && loaded(kept)
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    this.#use()
    const before = basis === 'absent' ? undefined : keptOf(basis)
    if (before !== undefined && isApplied(before, change)) return DUPLICATE
    const write = this.#writer.prepare(change, next, before)
    if (typeof write === 'number') return { kind: 'too-large', limit: write }
    if (before !== undefined) return this.#steps.add(write)
    // Who creates under a key may do so twice at once, and must not be the verdict of others (P20).
    return change.step?.birth?.fingerprint === undefined ? this.#births.add(write) : this.#writer.createOne(write)
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const kept = await this.#use().one(id)
    return kept !== undefined && writerOf(kept.document, event, label) !== undefined
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const kept = await this.#use().one(id)
    return kept && shownOf(kept.document)
  }

  async probe(): Promise<Health> {
    return this.#open ? this.#reader.probe() : { ok: false, why: CLOSED }
  }

  /** What has collected is sent first. */
  async close(): Promise<void> {
    this.#open = false
    await Promise.all([this.#steps.idle(), this.#births.idle()])
  }

  #use(): Reader {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
    return this.#reader
  }
}

const CLOSED = 'the store "crud" is closed'

function loaded(kept: Kept): Loaded {
  return { saga: headOf(kept.document), basis: basisOf(kept) }
}

/** The history only grows: what is in an old copy of it is in the newest one (I4). */
function isApplied({ document }: Kept, { step }: Change): boolean {
  return step !== undefined && writerOf(document, step.event.id, step.event.label) !== undefined
}
