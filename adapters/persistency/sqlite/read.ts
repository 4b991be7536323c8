import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { readHead } from '../../../src/codec/head.ts'
import type { HeadRow } from '../../../src/codec/head.ts'
import type { EventId, Instant, Saga, SagaId } from '../../../src/engine/saga.ts'
import { messageOf, unreadableSaga } from '../../../src/errors.ts'
import type { Loaded, PassOver } from '../../../src/ports/persistency.ts'
import { isDamage } from './failure.ts'
import { firstRow } from './rows.ts'
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

/** Reads see committed data only: no transaction stays open between two turns of the event loop (P9). */
export class SqliteReader {
  readonly #passOver: PassOver
  readonly #head: StatementSync
  readonly #keyed: StatementSync
  readonly #applied: StatementSync

  constructor(db: DatabaseSync, passOver: PassOver) {
    this.#passOver = passOver
    const saga = `SELECT id, due, head, metadata, ${BASIS_COLUMNS} FROM sagas`
    this.#head = db.prepare(`${saga} WHERE id = ?`)
    this.#keyed = db.prepare(`${saga} WHERE key = ? AND due <= ?`)
    this.#applied = db.prepare(
      'SELECT 1 FROM history WHERE saga = (SELECT key FROM sagas WHERE id = ?) AND event = ? AND label = ?',
    )
  }

  head(id: SagaId): Loaded | undefined {
    const row = this.#row(id)
    return row && { saga: this.#sagaOf(row), basis: basisOf(row) }
  }

  /** The saga of this row, if it is due by `now`; `undefined` where it was written since or cannot be read. */
  due(key: number, now: Instant): Loaded | undefined {
    try {
      const row = firstRow<SagaRow>(this.#keyed, key, now)
      if (row === undefined) return undefined
      const read = readHead(row)
      if (read.ok) return { saga: read.value, basis: basisOf(row) }
      this.#passOver(row.id, read.why)
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      this.#passOver(`of the row ${key}`, messageOf(thrown))
    }
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
