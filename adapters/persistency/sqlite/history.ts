import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { HistoryEntry } from '../../../src/codec/history-entry.ts'
import { decodeHistory } from '../../../src/codec/history-row.ts'
import type { HistoryRow } from '../../../src/codec/history-row.ts'
import type { SagaId } from '../../../src/engine/saga.ts'
import { unreadableSaga } from '../../../src/errors.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { allRows } from './rows.ts'
import type { KeyedSaga, ReadOfSaga } from './read.ts'

/** The parts of `SqliteHistory`. */
export interface HistoryParts {
  readonly ask: <T>(read: () => T) => T
  readonly run: RunSlice
  readonly whole: ReadOfSaga
}

type ShownStep = Omit<HistoryEntry, 'writeId'>
type NumberedRow = HistoryRow & { readonly number: number }

type HistoryKey = Pick<NumberedRow, 'event' | 'label'>

const START: HistoryKey = { event: '', label: '' }
/** Rows of one read. */
const ROWS = 256

/** Histories of any length, read in slices along their key while steps are added. */
export class SqliteHistory {
  readonly #rows: StatementSync
  readonly #parts: HistoryParts

  constructor(db: DatabaseSync, parts: HistoryParts) {
    this.#parts = parts
    this.#rows = db.prepare(
      `SELECT event, label, number, passage FROM history WHERE saga = ? AND (event, label) > (?, ?)
       ORDER BY event, label LIMIT ${ROWS}`,
    )
  }

  /** The steps that the head counts, in order. The first slice runs at once: nearly every history is short. */
  async of(found: KeyedSaga): Promise<readonly ShownStep[]> {
    const { ask, run } = this.#parts
    const entries: ShownStep[] = []
    let last = ask(() => this.#read(found, START, entries))
    while (last !== undefined) {
      const from = last
      last = await run((isOver) => {
        let next: HistoryKey | undefined = from
        do next = this.#read(found, next, entries)
        while (next !== undefined && !isOver())
        return next
      })
    }
    return entries.slice(0, found.saga.length).filter(Boolean)
  }

  /** Reads rows after a key into `entries`; answers the last key where more may follow. */
  #read({ saga, key }: KeyedSaga, { event, label }: HistoryKey, entries: ShownStep[]): HistoryKey | undefined {
    const rows = this.#parts.whole(saga.id, () => allRows<NumberedRow>(this.#rows, key, event, label))
    for (const [at, entry] of decoded(saga.id, rows).entries()) entries[(rows[at] as NumberedRow).number] = entry
    return rows.length === ROWS ? rows.at(-1) : undefined
  }
}

function decoded(id: SagaId, rows: readonly NumberedRow[]): readonly ShownStep[] {
  try {
    return decodeHistory(rows)
  } catch {
    throw unreadableSaga('sqlite', id, 'its history is damaged')
  }
}
