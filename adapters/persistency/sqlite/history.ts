import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { HistoryEntry } from '../../../src/codec/document.ts'
import { decodeHistory } from '../../../src/codec/passage.ts'
import type { PassageRow } from '../../../src/codec/passage.ts'
import type { RunSlice } from '../../../src/slices.ts'

type Entry = Omit<HistoryEntry, 'writeId'>
type Row = PassageRow & { readonly number: number }

/** Rows that are read in one go. */
const ROWS = 256

/** Histories, in slices along their key: they may have any length, and steps are added meanwhile. */
export class History {
  readonly #rows: StatementSync
  readonly #run: RunSlice

  constructor(db: DatabaseSync, run: RunSlice) {
    this.#run = run
    this.#rows = db.prepare(
      `SELECT event, label, number, passage FROM history WHERE saga = ? AND (event, label) > (?, ?)
       ORDER BY event, label LIMIT ${ROWS}`,
    )
  }

  /** The first so many steps, in order. */
  async first(length: number, key: number): Promise<readonly Entry[]> {
    const entries: Entry[] = []
    let last: Pick<Row, 'event' | 'label'> | undefined = { event: '', label: '' }
    while (last !== undefined) {
      await this.#run((isOver) => {
        do {
          const { event, label } = last as Row
          const rows = this.#rows.all(key, event, label) as unknown as Row[]
          for (const [at, entry] of decodeHistory(rows).entries()) entries[(rows[at] as Row).number] = entry
          last = rows.length === ROWS ? rows.at(-1) : undefined
        } while (last !== undefined && !isOver())
      })
    }
    return entries.slice(0, length).filter(Boolean)
  }
}
