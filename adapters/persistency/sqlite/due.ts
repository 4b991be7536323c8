import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Instant } from '../../../src/engine/saga.ts'
import type { DuePlace } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { allRows, firstRow } from './rows.ts'
import { isDamage } from './failure.ts'
import type { RowsRead } from './read.ts'

/** An entry of the index of due sagas: instant and row. */
interface DueEntry {
  readonly due: Instant
  readonly key: number
}

interface KeyRow {
  readonly key: number
}

/** Before every entry: a damaged instant may be any number. */
const FIRST: DueEntry = { due: Number.NEGATIVE_INFINITY, key: 0 }

/** Sagas that one statement reads. */
const MOST = 64
/** Milliseconds of a statement after which the next one reads twice as many. */
const QUICK = 0.5

/** Reads the sagas of these rows, or of the first ones of them. */
export type ReadRows<Found> = (keys: readonly number[]) => RowsRead<Found>

/** The query of `SqliteDue`. */
export interface DueQuery {
  readonly now: Instant
  readonly limit: number
  readonly after?: DuePlace | undefined
}

/**
 * Rows of due sagas, earliest first. Only the index is read, so that a damaged page of the table costs single sagas. Heads are
 * read in slices, since each is as large as its metadata.
 */
export class SqliteDue {
  readonly #run: RunSlice
  readonly #later: StatementSync
  readonly #beside: StatementSync
  readonly #keyOf: StatementSync
  readonly #keyAmong: StatementSync

  constructor(db: DatabaseSync, run: RunSlice) {
    this.#run = run
    this.#later = db.prepare('SELECT due, key FROM sagas WHERE due > ? AND due <= ? ORDER BY due, key LIMIT ?')
    // All leases end at the same instant at a start (P12), so entries of one instant are found by key, not by reading
    // past them.
    this.#beside = db.prepare('SELECT due, key FROM sagas WHERE due = ? AND key > ? ORDER BY key LIMIT ?')
    this.#keyOf = db.prepare('SELECT key FROM sagas WHERE id = ?')
    this.#keyAmong = db.prepare('SELECT key FROM sagas INDEXED BY sagas_due WHERE due = ? AND id = ?')
  }

  /** `read` leaves out the sagas that are damaged or not due any more; they are not counted. */
  async find<Found>({ now, limit, after }: DueQuery, read: ReadRows<Found>): Promise<Found[]> {
    const found: Found[] = []
    let last = after === undefined ? FIRST : await this.#run(() => this.#entryOf(after))
    for (;;) {
      const [from, asked] = [last, limit - found.length]
      const entries = await this.#run(() => this.#next(from, now, asked))
      for await (const one of this.#read(entries, read)) found.push(one)
      if (entries.length < asked || found.length >= limit) return found
      last = entries.at(-1) ?? last
    }
  }

  /** A damaged page of the index of ids costs its own sagas: a place on one is found by another index (P20). */
  #entryOf({ due, id }: DuePlace): DueEntry {
    for (const read of [() => firstRow<KeyRow>(this.#keyOf, id), () => firstRow<KeyRow>(this.#keyAmong, due, id)]) {
      try {
        const row = read()
        return { due, key: row?.key ?? 0 }
      } catch (thrown) {
        if (!isDamage(thrown)) throw thrown
      }
    }
    return { due, key: 0 }
  }

  #next({ due, key }: DueEntry, now: Instant, limit: number): readonly DueEntry[] {
    const beside = key === 0 && due === FIRST.due ? [] : allRows<DueEntry>(this.#beside, due, key, limit)
    const later = beside.length === limit ? [] : allRows<DueEntry>(this.#later, due, now, limit - beside.length)
    return [...beside, ...later]
  }

  async *#read<Found>(entries: readonly DueEntry[], read: ReadRows<Found>): AsyncGenerator<Found> {
    for (let at = 0; at < entries.length;) {
      yield* await this.#run((isOver) => {
        const found: Found[] = []
        let most = 1
        do {
          const begun = performance.now()
          const part = entries.slice(at, at + most)
          const rows = read(part.map(({ key }) => key))
          found.push(...rows.found)
          at += rows.read
          const isQuick = rows.read === part.length && performance.now() - begun < QUICK
          most = isQuick ? Math.min(MOST, most * 2) : 1
        } while (at < entries.length && !isOver())
        return found
      })
    }
  }
}
