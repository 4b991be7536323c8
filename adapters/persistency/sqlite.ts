import { setTimeout } from 'node:timers/promises'
import { encodeDocument } from '../../src/codec/document.ts'
import type { SagaDocument } from '../../src/codec/document.ts'
import type { Change, EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, PassOver, Persistency, Saved } from '../../src/ports/persistency.ts'
import { Slices } from '../../src/slices.ts'
import type { RunSlice } from '../../src/slices.ts'
import { Adoption } from './sqlite/adoption.ts'
import { Due } from './sqlite/due.ts'
import { failure, isBusy } from './sqlite/failure.ts'
import { Group } from './sqlite/group-commit.ts'
import { History } from './sqlite/history.ts'
import { List } from './sqlite/list.ts'
import { openDatabase } from './sqlite/connect.ts'
import type { Database, StoreLog } from './sqlite/connect.ts'
import { Probe } from './sqlite/probe.ts'
import { Reader } from './sqlite/read.ts'
import { Removal } from './sqlite/removal.ts'
import { Writer } from './sqlite/write.ts'
import type { Save } from './sqlite/write.ts'

export interface SqliteOptions {
  /** The file; it and its folder are made where they are missing. Two more files appear beside it, and its lock. */
  readonly path: string
  /** Uniform in [0, 1): the jitter of waits. */
  readonly random: () => number
  /** Told that the file was lost, or is brought up to date. */
  readonly log?: StoreLog | undefined
  /** Told of sagas that cannot be read. */
  readonly passOver?: PassOver | undefined
}

/**
 * Sagas in one file of SQLite, owned by this process alone, on Node, Deno and Bun. Throws where the file is not usable:
 * `store-busy` while another process has it, `store-unusable` for what is in it.
 */
export function openSqlite(options: SqliteOptions): Persistency {
  return new SqlitePersistency(options, openDatabase(options.path, options.log))
}

class SqlitePersistency implements Persistency {
  readonly name = 'sqlite'
  readonly can: Capabilities
  readonly #path: string
  readonly #database: Database
  readonly #read: Reader
  readonly #history: History
  readonly #probe: Probe
  readonly #group: Group<Save, Saved>
  readonly #slices = new Slices({ now: () => performance.now(), wait: (ms) => setTimeout(ms) })
  #open = true

  constructor({ path, random, passOver = () => undefined }: SqliteOptions, database: Database) {
    const { db } = database
    const list = new List(db, { run: this.#slice, passOver })
    const removal = new Removal(db, this.#slice)
    const due = new Due(db, this.#slice)
    const adoption = new Adoption(db)
    const writer = new Writer(db)
    this.#path = path
    this.#database = database
    this.#read = new Reader(db, passOver)
    this.#history = new History(db, { ask: (read) => this.#ask(read), run: this.#slice, whole: this.#read.whole })
    this.#probe = new Probe(db)
    this.#group = new Group({ path, random, write: (saves) => this.#write(writer, saves) })
    this.can = {
      compareAndSet: 'always',
      shared: false,
      growth: 'append',
      recovery: {
        by: 'sweep',
        findDue: (now, limit, after) => due.find({ now, limit, after }, (key) => this.#read.due(key, now)),
      },
      list: { page: (query) => list.page(query) },
      removal: { removeFinal: (before, limit) => removal.removeFinal(before, limit) },
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

  /** What was asked for before is written first. */
  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#group.close()
    this.#database.close()
  }

  /** A commit is acknowledged only where its file will be found again (I1). */
  #write(writer: Writer, saves: readonly Save[]): readonly Saved[] {
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
