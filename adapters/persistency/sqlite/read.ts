import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { readHead } from '../../../src/codec/head.ts'
import type { HeadRow } from '../../../src/codec/head.ts'
import type { EventId, Instant, Saga, SagaId } from '../../../src/engine/saga.ts'
import { messageOf, unreadableSaga } from '../../../src/errors.ts'
import type { Loaded, PassOver } from '../../../src/ports/persistency.ts'
import { isDamage } from './failure.ts'
import { allRows, firstRow } from './rows.ts'
import { BASIS_COLUMNS, basisOf } from './write.ts'
import type { BasisRow } from './write.ts'

type SagaRow = HeadRow & BasisRow

/** A saga with the key of its row. */
export interface KeyedSaga {
  readonly saga: Saga
  readonly key: number
}

/** Runs a read of one saga; a damaged page becomes the error of that saga. */
export type ReadOfSaga = <T>(id: SagaId, read: () => T) => T

/** The first rows of a list: how many were read, and the sagas among them. */
export interface RowsRead<Found> {
  readonly read: number
  readonly found: readonly Found[]
}

/** Bytes of a saga that is read together with others. A larger one is read alone, so that a statement ends soon (I5). */
const LARGE = 16_384

/** Reads see committed data only: no transaction stays open between two turns of the event loop (P9). */
export class SqliteReader {
  readonly #passOver: PassOver
  readonly #head: StatementSync
  readonly #keyed: StatementSync
  readonly #among: StatementSync
  readonly #applied: StatementSync

  constructor(db: DatabaseSync, passOver: PassOver) {
    this.#passOver = passOver
    const columns = `due, head, metadata, ${BASIS_COLUMNS}`
    const saga = `SELECT id, ${columns} FROM sagas`
    this.#head = db.prepare(`${saga} WHERE id = ?`)
    this.#keyed = db.prepare(`${saga} WHERE key = ? AND due <= ?`)
    // `CROSS JOIN` keeps the order of the list. Sizes are in the first bytes of a row: nothing else of a large one is read.
    const among = 'FROM (SELECT value FROM json_each(?)) CROSS JOIN sagas ON sagas.key = value'
    const small = `octet_length(head) + octet_length(metadata) <= ${LARGE}`
    this.#among = db.prepare(`SELECT id, ${columns} ${among} WHERE due <= ? AND ${small}`)
    this.#applied = db.prepare(
      'SELECT 1 FROM history WHERE saga = (SELECT key FROM sagas WHERE id = ?) AND event = ? AND label = ?',
    )
  }

  head(id: SagaId): Loaded | undefined {
    const row = this.#row(id)
    return row && { saga: this.#sagaOf(row), basis: basisOf(row) }
  }

  /**
   * The sagas of the first of these rows that are due by `now`, in this order, by one statement: a statement for each takes three times
   * as long. A row that is large, damaged or not due any more ends the part before it, and is a part by itself: nothing where its saga
   * was written since or cannot be read. So damage costs its own sagas only (P20).
   */
  due(keys: readonly number[], now: Instant): RowsRead<Loaded> {
    const rows = this.#smallOnes(keys, now)
    const other = keys.findIndex((key, at) => rows[at]?.key !== key)
    if (other === 0) return { read: 1, found: this.#dueAlone(keys[0] as number, now) }
    const read = other === -1 ? keys.length : other
    return { read, found: rows.slice(0, read).flatMap((row) => this.#loaded(row) ?? NONE) }
  }

  /** None where one of them is damaged. */
  #smallOnes(keys: readonly number[], now: Instant): readonly SagaRow[] {
    try {
      return allRows<SagaRow>(this.#among, JSON.stringify(keys), now)
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      return NONE
    }
  }

  #dueAlone(key: number, now: Instant): readonly Loaded[] {
    try {
      const row = firstRow<SagaRow>(this.#keyed, key, now)
      const loaded = row && this.#loaded(row)
      return loaded === undefined ? NONE : [loaded]
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      this.#passOver(`of the row ${key}`, messageOf(thrown))
      return NONE
    }
  }

  #loaded(row: SagaRow): Loaded | undefined {
    const read = readHead(row)
    if (read.ok) return { saga: read.value, basis: basisOf(row) }
    this.#passOver(row.id, read.why)
    return undefined
  }

  applied(id: SagaId, event: EventId, label: string): boolean {
    return this.whole(id, () => this.#applied.get(id, event, label) !== undefined)
  }

  found(id: SagaId): KeyedSaga | undefined {
    const row = this.#row(id)
    return row && { saga: this.#sagaOf(row), key: row.key }
  }

  #row(id: SagaId): SagaRow | undefined {
    return this.whole(id, () => firstRow<SagaRow>(this.#head, id))
  }

  /** A damaged page on the way to one saga is damage of that saga; others are found damaged by their own readers. */
  readonly whole: ReadOfSaga = (id, read) => {
    try {
      return read()
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      const why = `a page of the file is damaged (${messageOf(thrown)})`
      this.#passOver(id, why)
      throw unreadableSaga('sqlite', id, why)
    }
  }

  #sagaOf(row: SagaRow): Saga {
    const read = readHead(row)
    if (read.ok) return read.value
    this.#passOver(row.id, read.why)
    throw unreadableSaga('sqlite', row.id, read.why)
  }
}

const NONE: readonly never[] = Object.freeze([])
