import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { HistoryEntry } from '../../../src/codec/document.ts'
import { decodeHistory } from '../../../src/codec/passage.ts'
import type { PassageRow } from '../../../src/codec/passage.ts'
import type { SagaId } from '../../../src/engine/saga.ts'
import { unreadableSaga } from '../../../src/errors.ts'
import type { RunSlice } from '../../../src/slices.ts'
import type { Found, Whole } from './read.ts'

export interface HistoryParts {
  readonly run: RunSlice
  readonly whole: Whole
}

type Entry = Omit<HistoryEntry, 'writeId'>
type Row = PassageRow & { readonly number: number }

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

  /** As many steps as the head counts, in order. */
  async of({ saga, key }: Found): Promise<readonly Entry[]> {
    const { run, whole } = this.#parts
    const entries: Entry[] = []
    let last: Pick<Row, 'event' | 'label'> | undefined = { event: '', label: '' }
    while (last !== undefined) {
      await run((isOver) => {
        do {
          const { event, label } = last as Row
          const rows = whole(saga.id, () => this.#rows.all(key, event, label)) as unknown as Row[]
          for (const [at, entry] of decoded(saga.id, rows).entries()) entries[(rows[at] as Row).number] = entry
          last = rows.length === ROWS ? rows.at(-1) : undefined
        } while (last !== undefined && !isOver())
      })
    }
    return entries.slice(0, saga.length).filter(Boolean)
  }
}

function decoded(id: SagaId, rows: readonly Row[]): readonly Entry[] {
  try {
    return decodeHistory(rows)
  } catch {
    throw unreadableSaga('sqlite', id, 'its history is damaged')
  }
}
