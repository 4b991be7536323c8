import type { HeadRow } from '../../../src/codec/head.ts'
import { encodeHistoryRow } from '../../../src/codec/history-row.ts'
import type { HistoryRow } from '../../../src/codec/history-row.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { EventId, Instant, Saga, SagaId, WriteId } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'

/** The part of `ctx.storage.sql` that the store uses. */
export interface Sql {
  exec(query: string, ...values: SqlValue[]): { toArray(): unknown[] }
}

type SqlValue = string | number | null

/** The newest write of the object's saga. */
export interface NewestWrite {
  readonly id: SagaId
  readonly write_id: WriteId
}

/** `metadata` is given for a step only. */
export interface EncodedSaga {
  readonly head: string
  readonly metadata: string | undefined
}

/** The one row of an object: the head of its saga, and its newest write. */
export type ObjectRow = HeadRow & NewestWrite

const VERSION = 1
/**
 * A table holds the version, as `user_version` is not available here. Metadata has a row of its own, so that bookkeeping does
 * not write it and so that head and metadata may each be large.
 */
const SCHEMA = `
  CREATE TABLE version (number INTEGER NOT NULL) STRICT;
  INSERT INTO version VALUES (${VERSION});
  CREATE TABLE saga (key INTEGER PRIMARY KEY, id TEXT NOT NULL, write_id TEXT NOT NULL, due REAL, head TEXT NOT NULL) STRICT;
  CREATE TABLE metadata (key INTEGER PRIMARY KEY, metadata TEXT NOT NULL) STRICT;
  CREATE TABLE history (
    event TEXT NOT NULL, label TEXT NOT NULL, number INTEGER NOT NULL, write_id TEXT NOT NULL, passage TEXT NOT NULL,
    PRIMARY KEY (event, label)
  ) STRICT, WITHOUT ROWID`

const PUT_SAGA = `INSERT INTO saga (key, id, write_id, due, head) VALUES (1, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET write_id = excluded.write_id, due = excluded.due, head = excluded.head`
const PUT_METADATA = `INSERT INTO metadata (key, metadata) VALUES (1, ?)
  ON CONFLICT (key) DO UPDATE SET metadata = excluded.metadata`
const APPEND = 'INSERT INTO history (event, label, number, write_id, passage) VALUES (?, ?, ?, ?, ?)'

/** The tables of one object. No decision is made here: rows are read and written as asked. */
export class Tables {
  readonly #sql: Sql
  /** True once the tables were seen in this version. */
  #isReady = false

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** True where the tables exist. Creates nothing: a read of an object that was never written must not write. */
  stand(): boolean {
    if (this.#isReady) return true
    if (this.#all("SELECT 1 FROM sqlite_schema WHERE name = 'version'").length === 0) return false
    const [version] = this.#all<{ number: number }>('SELECT number FROM version')
    if (version?.number !== VERSION) throw unusable(`schema version ${VERSION}`, `version ${version?.number}`)
    return (this.#isReady = true)
  }

  newest(): NewestWrite | undefined {
    return this.stand() ? this.#all<NewestWrite>('SELECT id, write_id FROM saga')[0] : undefined
  }

  row(id: SagaId): ObjectRow | undefined {
    if (!this.stand()) return undefined
    const query = 'SELECT id, write_id, due, head, metadata FROM saga JOIN metadata USING (key) WHERE id = ?'
    return this.#all<ObjectRow>(query, id)[0]
  }

  due(): Instant | undefined {
    const [row] = this.stand() ? this.#all<{ due: number | null }>('SELECT due FROM saga') : []
    return row?.due ?? undefined
  }

  history(): HistoryRow[] {
    return this.#all<HistoryRow>('SELECT event, label, passage FROM history ORDER BY number')
  }

  writerOf(event: EventId, label: string): WriteId | undefined {
    const query = 'SELECT write_id FROM history WHERE event = ? AND label = ?'
    return this.#all<NewestWrite>(query, event, label)[0]?.write_id
  }

  /** Call inside a transaction. */
  write({ writeId, step }: Change, next: Saga, { head, metadata }: EncodedSaga): void {
    if (!this.stand()) this.#all(SCHEMA)
    this.#all(PUT_SAGA, next.id, writeId, next.due ?? null, head)
    if (step === undefined || metadata === undefined) return
    this.#all(PUT_METADATA, metadata)
    this.#all(APPEND, step.event.id, step.event.label, step.number, writeId, encodeHistoryRow(step))
  }

  #all<Row>(query: string, ...values: SqlValue[]): Row[] {
    return this.#sql.exec(query, ...values).toArray() as Row[]
  }
}

/** The error `store-unusable`: the storage has another shape than expected. */
export function unusable(expected: string, found: string): BatutaError {
  return new BatutaError('store-unusable', `open the store of a saga: expected ${expected}, found ${found}`)
}
