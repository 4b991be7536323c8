import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Instant } from '../../../src/engine/saga.ts'
import type { RunSlice } from '../../../src/slices.ts'

/** Sagas that are due, the earliest first. Their heads are read in slices: each is as large as its metadata. */
export class Due<Row> {
  readonly #run: RunSlice
  readonly #keys: StatementSync
  readonly #row: StatementSync

  constructor(db: DatabaseSync, run: RunSlice, columns: string) {
    this.#run = run
    this.#keys = db.prepare('SELECT key FROM sagas WHERE due <= ? ORDER BY due LIMIT ?')
    this.#row = db.prepare(`SELECT ${columns} FROM sagas WHERE key = ? AND due <= ?`)
  }

  async find<Found>(now: Instant, limit: number, read: (row: Row) => Found): Promise<Found[]> {
    const keys = await this.#run(() => this.#keys.all(now, limit) as { readonly key: number }[])
    const found: Found[] = []
    const left = keys.values()
    for (let isDone = false; !isDone;) {
      await this.#run((isOver) => {
        do {
          const next = left.next()
          isDone = next.done === true
          if (next.done === true) return
          // What was written since its key was read may be due no more.
          const row = this.#row.get(next.value.key, now) as unknown as Row | undefined
          if (row !== undefined) found.push(read(row))
        } while (!isOver())
      })
    }
    return found
  }
}
