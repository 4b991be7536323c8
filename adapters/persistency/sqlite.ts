import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { encodeDocument } from '../../src/codec/document.ts'
import type { SagaDocument } from '../../src/codec/document.ts'
import { decodeHead } from '../../src/codec/head.ts'
import type { HeadRow } from '../../src/codec/head.ts'
import { decodeHistory } from '../../src/codec/passage.ts'
import type { PassageRow } from '../../src/codec/passage.ts'
import type { Change, EventId, Instant, Saga, SagaId, WriteId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, DuePlace, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import { Adoption } from './sqlite/adoption.ts'
import { failure } from './sqlite/failure.ts'
import { Group } from './sqlite/group.ts'
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
}

/**
 * Sagas in one file of SQLite, owned by this process alone, on Node, Deno and Bun. Throws where the file is not usable:
 * `store-busy` while another process has it, `store-unusable` for what is in it.
 */
export function openSqlite({ path, random }: SqliteOptions): Persistency {
  return new SqlitePersistency(path, openDatabase(path), random)
}

class SqlitePersistency implements Persistency {
  readonly name = 'sqlite'
  readonly can: Capabilities
  readonly #path: string
  readonly #database: Database
  readonly #read: Reader
  readonly #probe: Probe
  readonly #group: Group<Save, Saved>
  #open = true

  constructor(path: string, database: Database, random: () => number) {
    const { db } = database
    const list = new List(db)
    const removal = new Removal(db)
    const adoption = new Adoption(db)
    const writer = new Writer(db)
    this.#path = path
    this.#database = database
    this.#read = new Reader(db)
    this.#probe = new Probe(db)
    this.#group = new Group({ path, random, write: (saves) => writer.write(saves) })
    this.can = {
      compareAndSet: 'always',
      shared: false,
      growth: 'append',
      recovery: { by: 'sweep', findDue: async (...asked) => this.#ask(() => this.#read.due(...asked)) },
      list: { page: async (query) => this.#ask(() => list.page(query)) },
      removal: { removeFinal: async (before, limit) => this.#ask(() => removal.removeFinal(before, limit)) },
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
    return this.#ask(() => this.#read.document(id))
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

/** Before everything that can be due. */
const FIRST: DuePlace = { due: -1, id: '' }

type Row = HeadRow & { readonly key: number; readonly write_id: WriteId }

/** Reads see what was committed and nothing else: no transaction is open between two turns of the event loop (P9). */
class Reader {
  readonly #head: StatementSync
  readonly #due: StatementSync
  readonly #dueAtOnce: StatementSync
  readonly #applied: StatementSync
  readonly #history: StatementSync

  constructor(db: DatabaseSync) {
    this.#head = db.prepare('SELECT id, key, write_id, due, head, metadata FROM sagas WHERE id = ?')
    const row = 'SELECT id, key, write_id, due, head, metadata FROM sagas'
    this.#due = db.prepare(`${row} WHERE due > ? AND due <= ? ORDER BY due, key LIMIT ?`)
    // Every lease is void at the same instant (P12): these are found by their key, not by reading past the others.
    this.#dueAtOnce = db.prepare(
      `${row} WHERE due = ? AND key > coalesce((SELECT key FROM sagas WHERE id = ?), 0) ORDER BY key LIMIT ?`,
    )
    this.#applied = db.prepare(
      'SELECT 1 FROM history WHERE saga = (SELECT key FROM sagas WHERE id = ?) AND event = ? AND label = ?',
    )
    this.#history = db.prepare('SELECT event, label, passage FROM history WHERE saga = ? ORDER BY number')
  }

  head(id: SagaId): Loaded | undefined {
    const row = this.#row(id)
    return row && loaded(row)
  }

  due(now: Instant, limit: number, after: DuePlace = FIRST): Loaded[] {
    const beside = after === FIRST ? [] : this.#dueAtOnce.all(after.due, after.id, limit)
    const later = beside.length === limit ? [] : this.#due.all(after.due, now, limit - beside.length)
    return ([...beside, ...later] as unknown as Row[]).map(loaded)
  }

  applied(id: SagaId, event: EventId, label: string): boolean {
    return this.#applied.get(id, event, label) !== undefined
  }

  document(id: SagaId): SagaDocument | undefined {
    const row = this.#row(id)
    if (row === undefined) return undefined
    const history = this.#history.all(row.key) as unknown as PassageRow[]
    return encodeDocument(decodeHead(row), decodeHistory(history))
  }

  #row(id: SagaId): Row | undefined {
    return this.#head.get(id) as unknown as Row | undefined
  }
}

function loaded(row: Row): Loaded {
  return { saga: decodeHead(row), basis: basisOf(row.key, row.write_id) }
}
