import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { encodeDocument } from '../../src/codec/document.ts'
import type { SagaDocument } from '../../src/codec/document.ts'
import { decodeHead } from '../../src/codec/head.ts'
import type { HeadRow } from '../../src/codec/head.ts'
import type { Change, EventId, Saga, SagaId, WriteId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import type { Log } from '../../src/ports/runtime.ts'
import { Slices } from '../../src/slices.ts'
import type { RunSlice } from '../../src/slices.ts'
import { Adoption } from './sqlite/adoption.ts'
import { Due } from './sqlite/due.ts'
import { failure } from './sqlite/failure.ts'
import { Group } from './sqlite/group.ts'
import { History } from './sqlite/history.ts'
import { List } from './sqlite/list.ts'
import { openDatabase } from './sqlite/open.ts'
import type { Database } from './sqlite/open.ts'
import { Probe } from './sqlite/probe.ts'
import { Removal } from './sqlite/removal.ts'
import { basisOf, Writer } from './sqlite/write.ts'
import type { Save } from './sqlite/write.ts'

export interface SqliteOptions {
  /** The file; it and its folder are made where they are missing. Two more files appear beside it, and its lock. */
  readonly path: string
  /** Uniform in [0, 1): the jitter of waits. */
  readonly random: () => number
  readonly log?: Pick<Log, 'info'> | undefined
}

/**
 * Sagas in one file of SQLite, owned by this process alone, on Node, Deno and Bun. Throws where the file is not usable:
 * `store-busy` while another process has it, `store-unusable` for what is in it.
 */
export function openSqlite({ path, random, log }: SqliteOptions): Persistency {
  const tell = (from: number, to: number) =>
    log?.info('the store is brought up to date; at a million sagas this takes some seconds', { path, from, to })
  return new SqlitePersistency(path, openDatabase(path, tell), random)
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

  constructor(path: string, database: Database, random: () => number) {
    const { db } = database
    const list = new List(db, this.#slice)
    const removal = new Removal(db, this.#slice)
    const due = new Due<Row>(db, this.#slice, HEAD)
    const adoption = new Adoption(db)
    const writer = new Writer(db)
    this.#path = path
    this.#database = database
    this.#read = new Reader(db)
    this.#history = new History(db, this.#slice)
    this.#probe = new Probe(db)
    this.#group = new Group({ path, random, write: (saves) => writer.write(saves) })
    this.can = {
      compareAndSet: 'always',
      shared: false,
      growth: 'append',
      recovery: { by: 'sweep', findDue: (now, limit) => due.find(now, limit, loaded) },
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
    return found && encodeDocument(found.saga, await this.#history.first(found.saga.length, found.key))
  }

  async probe(): Promise<Health> {
    try {
      this.#ask(() => this.#probe.ask())
      return { ok: true }
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

  readonly #slice: RunSlice = (slice) => this.#slices.run((isOver) => this.#ask(() => slice(isOver)))

  #ask<T>(read: () => T): T {
    if (!this.#open) throw this.#closed()
    try {
      return read()
    } catch (thrown) {
      throw failure('read the store', this.#path, thrown)
    }
  }

  #closed(): BatutaError {
    return new BatutaError('store-unavailable', `use the store "${this.#path}": it is closed`)
  }
}

const HEAD = 'id, key, write_id, due, head, metadata'

type Row = HeadRow & { readonly key: number; readonly write_id: WriteId }

/** Reads see what was committed and nothing else: no transaction is open between two turns of the event loop (P9). */
class Reader {
  readonly #head: StatementSync
  readonly #applied: StatementSync

  constructor(db: DatabaseSync) {
    this.#head = db.prepare(`SELECT ${HEAD} FROM sagas WHERE id = ?`)
    this.#applied = db.prepare(
      'SELECT 1 FROM history WHERE saga = (SELECT key FROM sagas WHERE id = ?) AND event = ? AND label = ?',
    )
  }

  head(id: SagaId): Loaded | undefined {
    const row = this.#row(id)
    return row && loaded(row)
  }

  applied(id: SagaId, event: EventId, label: string): boolean {
    return this.#applied.get(id, event, label) !== undefined
  }

  found(id: SagaId): { readonly saga: Saga; readonly key: number } | undefined {
    const row = this.#row(id)
    return row && { saga: decodeHead(row), key: row.key }
  }

  #row(id: SagaId): Row | undefined {
    return this.#head.get(id) as unknown as Row | undefined
  }
}

function loaded(row: Row): Loaded {
  return { saga: decodeHead(row), basis: basisOf(row.key, row.write_id) }
}
