import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { HistoryEntry } from '../../../src/codec/document.ts'
import { decodeHistory } from '../../../src/codec/history-row.ts'
import type { PassageRow } from '../../../src/codec/history-row.ts'
import type { SagaId } from '../../../src/engine/saga.ts'
import { unreadableSaga } from '../../../src/errors.ts'
import type { RunSlice } from '../../../src/slices.ts'
import type { Found, Whole } from './read.ts'

export interface HistoryParts {
  readonly ask: <T>(read: () => T) => T
  readonly run: RunSlice
  readonly whole: Whole
}

type Entry = Omit<HistoryEntry, 'writeId'>
type Row = PassageRow & { readonly number: number }

type Place = Pick<Row, 'event' | 'label'>

const START: Place = { event: '', label: '' }
/** Rows that are read in one go. */
const ROWS = 256

/** Histories, in slices along their key: they may have any length, and steps are added meanwhile. */
export class History {
  readonly #rows: StatementSync
  readonly #parts: HistoryParts

  constructor(db: DatabaseSync, parts: HistoryParts) {
    this.#parts = parts
    this.#rows = db.prepare(
      `SELECT event, label, number, passage FROM history WHERE saga = ? AND (event, label) > (?, ?)
       ORDER BY event, label LIMIT ${ROWS}`,
    )
  }

  /** As many steps as the head counts, in order. Nearly every history is short: it is read like anything else, without a wait. */
  async of(found: Found): Promise<readonly Entry[]> {
    const { ask, run } = this.#parts
    const entries: Entry[] = []
    let last = ask(() => this.#read(found, START, entries))
    while (last !== undefined) {
      const from = last
      last = await run((isOver) => {
        let next: Place | undefined = from
        do next = this.#read(found, next, entries)
        while (next !== undefined && !isOver())
        return next
      })
    }
    return entries.slice(0, found.saga.length).filter(Boolean)
  }

  /** Rows after a place; answers the last one's, where there may be more. */
  #read({ saga, key }: Found, { event, label }: Place, entries: Entry[]): Place | undefined {
    const rows = this.#parts.whole(saga.id, () => this.#rows.all(key, event, label)) as unknown as Row[]
    for (const [at, entry] of decoded(saga.id, rows).entries()) entries[(rows[at] as Row).number] = entry
    return rows.length === ROWS ? rows.at(-1) : undefined
  }
}

function decoded(id: SagaId, rows: readonly Row[]): readonly Entry[] {
  try {
    return decodeHistory(rows)
  } catch {
    throw unreadableSaga('sqlite', id, 'its history is damaged')
  }
}
