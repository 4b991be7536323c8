import { findDueInOrder, findOwingInOrder } from '../../src/codec/find-due.ts'
import type { FindInOrder } from '../../src/codec/find-due.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { eventWriterOf } from '../../src/codec/write-verdict.ts'
import { headOf, shownOf } from '../../src/codec/stored-document.ts'
import type { Change } from '../../src/engine/change.ts'
import type { EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import { GroupCommit } from '../../src/group-commit.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, PassOver, Persistency, Saved } from '../../src/ports/persistency.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { CrudCollection } from './crud/collection.ts'
import type { StatesOfMachine } from './crud/collection-schema.ts'
import { basisOf, documentIn } from './crud/document.ts'
import type { CrudDocument } from './crud/document.ts'
import { CrudDue } from './crud/due.ts'
import type { CrudWrite } from './crud/encode.ts'
import { CrudList } from './crud/list.ts'
import { probeCollection } from './crud/probe.ts'
import { CrudReader } from './crud/read.ts'
import { METADATA_LIMIT } from './crud/size.ts'
import { CrudClient } from './crud/connect.ts'
import type { CrudSettings } from './crud/connect.ts'
import { CrudWriter } from './crud/write.ts'

/** Options of the store. */
export interface CrudOptions {
  /** Called with each saga that cannot be read. */
  readonly passOver?: PassOver | undefined
  /** Its sagas must fit into the collection: it may require a business state of every state (C5a). */
  readonly machine?: StatesOfMachine | undefined
}

/**
 * Opens a store in a collection of the CRUD Service: documents as Flow Manager keeps them (C6.2), each write conditional on
 * what was read (C6.4). Our fields live inside `history`; the collection needs no change. Asks nothing yet.
 */
export function crudPersistency(settings: CrudSettings, fetch: Fetch, options: CrudOptions = {}): Persistency {
  const client = new CrudClient(settings, fetch)
  return new CrudPersistency(client, collectionOf(settings, options.machine), options.passOver)
}

/**
 * The same, and asks the service what the collection wants (C5a). Throws `store-unusable` where it cannot hold the sagas of the
 * machine; a service that does not answer in time, or lacks that route, is opened all the same.
 */
export async function openCrud(settings: CrudSettings, fetch: Fetch, options: CrudOptions = {}): Promise<Persistency> {
  const collection = collectionOf(settings, options.machine)
  const client = new CrudClient(settings, fetch)
  await collection.ask(client, performance.now() + PATIENCE)
  if (collection.unusable !== undefined) throw collection.unusable
  return new CrudPersistency(client, collection, options.passOver)
}

/** Milliseconds that a start waits for the answer. */
const PATIENCE = 5_000
/** One for the stores of one configuration: on workerd each request has a store of its own. */
const collections = new WeakMap<CrudSettings, CrudCollection>()

function collectionOf(settings: CrudSettings, machine: StatesOfMachine | undefined): CrudCollection {
  const name = settings.collectionName.split('/').filter((part) => part !== '')
  const collection = collections.get(settings) ?? new CrudCollection(name.join('/'), machine)
  collections.set(settings, collection)
  return collection
}

/** Most writes of one request, and most characters of its body unless it has one write. */
const MOST = 256
const LARGEST = 4 * 1024 * 1024
/** Requests in flight at once: one is on its way while the service works on the other. */
const LANES = 2
const DUPLICATE: Saved = Object.freeze({ kind: 'duplicate' })

class CrudPersistency implements Persistency {
  readonly name = 'crud'
  readonly can: Capabilities
  readonly #client: CrudClient
  readonly #collection: CrudCollection
  readonly #reader: CrudReader
  readonly #writer: CrudWriter
  readonly #steps: GroupCommit<CrudWrite, Saved>
  readonly #births: GroupCommit<CrudWrite, Saved>
  #open = true

  constructor(client: CrudClient, collection: CrudCollection, passOver: PassOver | undefined) {
    const reader = new CrudReader(client, passOver)
    const writer = new CrudWriter(client, reader, collection)
    const list = new CrudList(reader)
    const due = new CrudDue(reader)
    this.#client = client
    this.#collection = collection
    this.#reader = reader
    this.#writer = writer
    const weight = { of: ({ text }: CrudWrite) => text.length, most: LARGEST }
    const lapsed = ({ until }: CrudWrite) => (until < performance.now() + client.least ? late() : undefined)
    // A microtask later, so that saves of one turn share a request.
    const [later, now] = [setTimeout, () => performance.now()]
    const common = { soon: queueMicrotask, later, lanes: LANES, most: MOST, weight, now, lapsed }
    this.#steps = new GroupCommit({ ...common, send: (writes) => writer.patch(writes) })
    this.#births = new GroupCommit({ ...common, send: (writes) => writer.create(writes) })
    const find: FindInOrder<Loaded> = async (...asked) => {
      this.#use()
      return (await due.find(...asked)).map(loaded)
    }
    this.can = {
      compareAndSet: 'always',
      shared: true,
      growth: 'document',
      recovery: {
        by: 'sweep',
        findDue: (now, limit, after) => findDueInOrder(find, { now, limit, after }),
        findOwing: (limit, after) => findOwingInOrder(find, limit, after),
      },
      list: {
        page: async (query) => {
          this.#use()
          return list.page(query)
        },
      },
      removal: false,
      counts: false,
      records: false,
      adoption: false,
      limit: METADATA_LIMIT,
    }
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    const kept = await this.#use().one(id)
    return kept && loaded(kept)
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    this.#use()
    const before = basis === 'absent' ? undefined : documentIn(basis)
    if (before !== undefined && isApplied(before, change)) return DUPLICATE
    const write = this.#writer.prepare(change, next, before)
    if (typeof write === 'number') return { kind: 'too-large', limit: write }
    if (before !== undefined) return this.#steps.add(write)
    // Creations by key go alone: a repeat of one would fail its group (P20).
    return change.step?.birth?.fingerprint === undefined ? this.#births.add(write) : this.#writer.createOne(write)
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const kept = await this.#use().one(id)
    return kept !== undefined && eventWriterOf(kept.document, event, label) !== undefined
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const kept = await this.#use().one(id)
    return kept && shownOf(kept.document)
  }

  async probe(): Promise<Health> {
    return this.#open ? probeCollection(this.#client, this.#reader, this.#collection) : { ok: false, why: CLOSED }
  }

  /** Saves that wait are sent first. */
  async close(): Promise<void> {
    this.#open = false
    await Promise.all([this.#steps.drain(), this.#births.drain()])
  }

  #use(): CrudReader {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
    return this.#reader
  }
}

const CLOSED = 'the store "crud" is closed'

/** A group's time-out is the least of its members', so a save without time left joins no group. */
function late(): BatutaError {
  const why = 'earlier requests took its whole time-out, so it was not sent'
  return new BatutaError('store-unavailable', `save a saga in the store "crud": ${why}`)
}

function loaded(kept: CrudDocument): Loaded {
  return { saga: headOf(kept.document), basis: basisOf(kept) }
}

/** The history only grows, so an event in an old copy is in the newest one too (I4). */
function isApplied({ document }: CrudDocument, { step }: Change): boolean {
  return step !== undefined && eventWriterOf(document, step.event.id, step.event.label) !== undefined
}
