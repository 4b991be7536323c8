import { findDueInOrder, findOwingInOrder } from '../../src/codec/find-due.ts'
import type { FindInOrder } from '../../src/codec/find-due.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { mustFitRecord } from '../../src/codec/record-bound.ts'
import type { Change } from '../../src/engine/change.ts'
import type { EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import { GroupCommit } from '../../src/group-commit.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, PassOver, Persistency, Saved } from '../../src/ports/persistency.ts'
import type { Log } from '../../src/ports/runtime.ts'
import { connect } from './mongo/connect.ts'
import type { MongoConnection, MongoSettings, MongoTuning } from './mongo/connect.ts'
import { requestFailure } from './mongo/failure.ts'
import { MongoDue } from './mongo/due.ts'
import { ensureIndexes } from './mongo/indexes.ts'
import { SkipUnreadable } from './mongo/skip-unreadable.ts'
import { countsOf } from './mongo/counts.ts'
import { MongoList } from './mongo/list.ts'
import { MongoProbe } from './mongo/probe.ts'
import { MongoReader } from './mongo/read.ts'
import { MongoRecords } from './mongo/records.ts'
import { removeFinal } from './mongo/removal.ts'
import { LIMIT } from './mongo/limits.ts'
import { encodeSave } from './mongo/encode.ts'
import type { MongoWrite } from './mongo/encode.ts'
import { answeredWithin } from './mongo/answered-within.ts'
import { wantedForms } from './mongo/wanted-forms.ts'
import type { WantedForms } from './mongo/wanted-forms.ts'
import { MongoWriter } from './mongo/write.ts'

export type { MongoSettings, MongoTuning }

/** Options of `openMongo`. */
export interface MongoOptions extends MongoTuning {
  readonly passOver?: PassOver | undefined
  /** Sagas are only read: no index is looked at, or made. Default: false. */
  readonly isForReading?: boolean | undefined
}

/**
 * Opens a store in a MongoDB collection: one document a saga, as Flow Manager keeps it (C5, C6.3), our fields inside `history`.
 * Throws `store-unusable` for a wrong password, missing rights or no unique index, `store-unavailable` where no server answers.
 */
export async function openMongo(
  settings: MongoSettings,
  log: Pick<Log, 'write'>,
  { passOver, isForReading = false, ...tuning }: MongoOptions = {},
): Promise<Persistency> {
  const connection = await connect(settings, tuning)
  try {
    if (!isForReading) await ensureIndexes(connection, log)
    const wanted = await wantedForms(connection)
    return new MongoPersistency({ connection, wanted, many: new SkipUnreadable(connection, log, passOver) })
  } catch (thrown) {
    await connection.close()
    throw thrown
  }
}

/** Most writes of one request: larger groups make client and server alternate instead of overlapping. */
const MOST = 32
/** Requests in flight at once, so that a save need not wait for all earlier ones. */
const LANES = 4
/** Share of the answer's time-out that a save may wait unsent. After that it is not sent, so its fate stays known. */
const PATIENCE = 0.9

interface MongoParts {
  readonly connection: MongoConnection
  readonly wanted: WantedForms
  readonly many: SkipUnreadable
}

class MongoPersistency implements Persistency {
  readonly name = 'mongo'
  readonly can: Capabilities
  readonly #connection: MongoConnection
  readonly #wanted: WantedForms
  readonly #reader: MongoReader
  readonly #writer: MongoWriter
  readonly #probe: MongoProbe
  readonly #group: GroupCommit<MongoWrite, Saved>
  #closing: Promise<void> | undefined

  constructor({ connection, wanted, many }: MongoParts) {
    const list = new MongoList(connection, many)
    this.#connection = connection
    this.#wanted = wanted
    this.#reader = new MongoReader(connection)
    this.#writer = new MongoWriter(connection)
    this.#probe = new MongoProbe(connection, this.#writer)
    const records = new MongoRecords(connection)
    const due = new MongoDue({ connection, reader: this.#reader, many })
    this.#group = new GroupCommit({
      send: (writes) => this.#ask('save to', () => this.#writer.group(writes)),
      soon: setImmediate,
      lanes: LANES,
      most: MOST,
      now: () => performance.now(),
      lapsed: (_, waited) => (waited < connection.answer * PATIENCE ? undefined : late(connection)),
    })
    const find: FindInOrder<Loaded> = (...asked) => due.find(...asked)
    this.can = {
      compareAndSet: 'always',
      shared: true,
      growth: 'append',
      recovery: {
        by: 'sweep',
        findDue: (now, limit, after) => this.#read(() => findDueInOrder(find, { now, limit, after })),
        findOwing: (limit, after) => this.#read(() => findOwingInOrder(find, limit, after)),
      },
      list: { page: (query) => this.#read(() => list.page(query)) },
      removal: { removeFinal: (before, limit) => this.#read(() => removeFinal(connection, before, limit)) },
      counts: { count: (query) => this.#read(() => countsOf(connection, query, (part) => list.page(part))) },
      records: {
        read: (key) => this.#read(() => records.read(key)),
        write: async (key, text, version) => {
          mustFitRecord(key, text)
          return this.#ask('write a record of', () => records.write(key, text, version))
        },
        keys: (...asked) => this.#read(() => records.keys(...asked)),
        remove: (key) => this.#ask('remove a record of', () => records.remove(key)),
      },
      adoption: false,
      limit: LIMIT,
    }
  }

  load(id: SagaId): Promise<Loaded | undefined> {
    return this.#read(() => this.#reader.head(id))
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    this.#checkOpen()
    const write = encodeSave({ change, next, basis, wanted: this.#wanted })
    if (typeof write === 'number') return { kind: 'too-large', limit: write }
    // Creations by key go alone: a repeat of one would fail its group (P20).
    if (write.kind === 'create' && write.isKeyed) return this.#ask('save to', () => this.#writer.one(write))
    return this.#group.add(write)
  }

  applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#read(() => this.#reader.applied(id, event, label))
  }

  document(id: SagaId): Promise<SagaDocument | undefined> {
    return this.#read(() => this.#reader.document(id))
  }

  async probe(): Promise<Health> {
    try {
      return { ok: true, time: await this.#read(() => this.#probe.ask()) }
    } catch (thrown) {
      return { ok: false, why: (thrown as BatutaError).message }
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#connection.close())
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    this.#checkOpen()
    return this.#ask('ask', read)
  }

  async #ask<T>(action: string, ask: () => Promise<T>): Promise<T> {
    const { longest, place } = this.#connection
    try {
      return await answeredWithin(longest, ask())
    } catch (thrown) {
      throw requestFailure(action, place, thrown)
    }
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return
    const { shown } = this.#connection.place
    throw new BatutaError('store-unavailable', `use the store "mongo" (${shown}): it is closed`)
  }
}

function late({ place }: MongoConnection): BatutaError {
  const why = 'earlier requests took its whole time-out, so it was not sent; is the server overloaded?'
  return new BatutaError('store-unavailable', `save to the store "mongo" (${place.shown}): ${why}`)
}
