import { encodeDocument } from '../../src/codec/encode-document.ts'
import { findDueInOrder, findOwingInOrder } from '../../src/codec/find-due.ts'
import type { FindInOrder } from '../../src/codec/find-due.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { mustFitRecord } from '../../src/codec/record-bound.ts'
import type { Change } from '../../src/engine/change.ts'
import type { EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, PassOver, Persistency, Saved } from '../../src/ports/persistency.ts'
import { Slices } from '../../src/slices.ts'
import type { RunSlice } from '../../src/slices.ts'
import { SqliteAdoption } from './sqlite/adoption.ts'
import { SqliteDue } from './sqlite/due.ts'
import { failure, isBusy } from './sqlite/failure.ts'
import { SqliteGroupCommit } from './sqlite/group-commit.ts'
import { SqliteHistory } from './sqlite/history.ts'
import { SqliteList } from './sqlite/list.ts'
import { SqliteNumbers } from './sqlite/numbers.ts'
import { openDatabase } from './sqlite/connect.ts'
import type { SqliteDatabase, StoreLog } from './sqlite/connect.ts'
import { SqliteProbe } from './sqlite/probe.ts'
import { SqliteReader } from './sqlite/read.ts'
import { SqliteRecords } from './sqlite/records.ts'
import { SqliteRemoval } from './sqlite/removal.ts'
import { SqliteTally } from './sqlite/tally.ts'
import { SqliteWriter } from './sqlite/write.ts'
import type { SqliteSave } from './sqlite/write.ts'
import { sleep } from '../timing.ts'

/** Options of `openSqlite`. */
export interface SqliteOptions {
  /**
   * Path of the file; it and its folder are created where they are missing. SQLite keeps two more files beside it, and there is
   * a lock file.
   */
  readonly path: string
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number
  /** Log for a file that was lost, is exposed, or is migrated. */
  readonly log?: StoreLog | undefined
  /** Called for sagas that cannot be read. */
  readonly passOver?: PassOver | undefined
}

/**
 * Opens a store in one SQLite file, owned by this process alone, on Node, Deno and Bun. Throws `store-busy` while another
 * process owns the file, `store-unusable` where its content is not ours.
 */
export function openSqlite(options: SqliteOptions): Persistency {
  return new SqlitePersistency(options, openDatabase(options.path, options.log))
}

class SqlitePersistency implements Persistency {
  readonly name = 'sqlite'
  readonly can: Capabilities
  readonly #path: string
  readonly #database: SqliteDatabase
  readonly #read: SqliteReader
  readonly #history: SqliteHistory
  readonly #probe: SqliteProbe
  readonly #tally: SqliteTally
  readonly #group: SqliteGroupCommit<SqliteSave, Saved>
  readonly #slices = new Slices({ now: () => performance.now(), wait: sleep })
  #open = true

  constructor({ path, random, passOver = () => undefined }: SqliteOptions, database: SqliteDatabase) {
    const { db } = database
    const list = new SqliteList(db, { run: this.#slice, passOver })
    const parts = { run: this.#slice, tally: new SqliteTally(path, this.#slice) }
    const numbers = new SqliteNumbers(db, parts)
    const removal = new SqliteRemoval(db, parts)
    const due = new SqliteDue(db, this.#slice)
    const adoption = new SqliteAdoption(db)
    const records = new SqliteRecords(db)
    const writer = new SqliteWriter(db, parts.tally)
    this.#path = path
    this.#tally = parts.tally
    this.#database = database
    this.#read = new SqliteReader(db, passOver)
    this.#history = new SqliteHistory(db, { ask: (read) => this.#ask(read), run: this.#slice, whole: this.#read.whole })
    this.#probe = new SqliteProbe(db)
    this.#group = new SqliteGroupCommit({ path, random, write: (saves) => this.#write(writer, saves) })
    const find: FindInOrder<Loaded> = (now, limit, after) =>
      due.find({ now, limit, after }, (keys) => this.#read.due(keys, now))
    this.can = {
      compareAndSet: 'always',
      shared: false,
      growth: 'append',
      recovery: {
        by: 'sweep',
        findDue: (now, limit, after) => findDueInOrder(find, { now, limit, after }),
        findOwing: (limit, after) => findOwingInOrder(find, limit, after),
      },
      list: { page: (query) => list.page(query) },
      removal: { removeFinal: (before, limit) => removal.removeFinal(before, limit) },
      counts: { count: (query) => numbers.count(query) },
      records: {
        read: async (key) => this.#ask(() => records.read(key)),
        write: async (key, text, version) => {
          mustFitRecord(key, text)
          return this.#ask(() => records.write(key, text, version))
        },
        keys: async (prefix, limit, after) => this.#ask(() => records.keys(prefix, limit, after)),
        remove: async (key) => this.#ask(() => records.remove(key)),
      },
      adoption: {
        isAdopted: async () => this.#ask(() => adoption.isAdopted()),
        adopt: async () => this.#ask(() => adoption.adopt()),
      },
      limit: false,
    }
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    return this.#ask(() => this.#read.head(id))
  }

  save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    return this.#open ? this.#group.add({ change, next, basis }) : Promise.reject(this.#closed())
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#ask(() => this.#read.applied(id, event, label))
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const found = this.#ask(() => this.#read.found(id))
    return found && encodeDocument(found.saga, await this.#history.of(found))
  }

  async probe(): Promise<Health> {
    try {
      this.#ask(() => this.#probe.ask())
      return { ok: true, hasWritten: true }
    } catch (thrown) {
      return { ok: false, why: (thrown as BatutaError).message }
    }
  }

  /** Saves that wait are written first. */
  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#group.close()
    this.#tally.close()
    this.#database.close()
  }

  /** A commit is acknowledged only while the path still leads to the file that was written (I1). */
  #write(writer: SqliteWriter, saves: readonly SqliteSave[]): readonly Saved[] {
    const { place } = this.#database
    place.mustNotBeLost()
    try {
      const answers = writer.write(saves)
      place.check()
      if (saves.some(({ basis }) => basis === 'absent')) this.#probe.trust()
      return answers
    } catch (thrown) {
      const [save] = saves
      if (save !== undefined && !isBusy(thrown)) this.#probe.doubt(save.next)
      throw thrown
    }
  }

  readonly #slice: RunSlice = (slice) => this.#slices.run((isOver) => this.#ask(() => slice(isOver)))

  #ask<T>(read: () => T): T {
    if (!this.#open) throw this.#closed()
    try {
      const answer = read()
      this.#database.place.check()
      return answer
    } catch (thrown) {
      throw failure('read the store', this.#path, thrown)
    }
  }

  #closed(): BatutaError {
    return new BatutaError('store-unavailable', `use the store "${this.#path}": it is closed`)
  }
}
