import type { DatabaseSync } from 'node:sqlite'
import { readHead } from '../../../src/codec/head.ts'
import type { HeadRow } from '../../../src/codec/head.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { ListQuery, Page, PassOver, Unreadable } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { conditionOf, partsOf } from './filters.ts'
import { Newest } from './newest.ts'
import type { CreatedEntry } from './newest.ts'
import { firstRow } from './rows.ts'
import { SqliteScan, Statements } from './scan.ts'

/** The parts of `SqliteList`. */
export interface ListParts {
  readonly run: RunSlice
  readonly passOver: PassOver
}

/** Sagas of a page. */
interface ListedSagas {
  readonly items: Saga[]
  readonly unreadable: Unreadable[]
}

/**
 * Pages of sagas, newest creation first, then id. They are searched in slices while events go on: a saga that leaves the
 * filters before its head is read is left out.
 */
export class SqliteList {
  readonly #statements: Statements
  readonly #run: RunSlice
  readonly #passOver: PassOver

  constructor(db: DatabaseSync, { run, passOver }: ListParts) {
    this.#statements = new Statements(db)
    this.#run = run
    this.#passOver = passOver
  }

  async page(query: ListQuery): Promise<Page> {
    const found = await this.#found(query)
    const entries = found.slice(0, query.limit)
    const last = found.length > query.limit ? entries.at(-1) : undefined
    const shown = await this.#shown(entries, query)
    for (const { id, why } of shown.unreadable) this.#passOver(id, why)
    return { ...shown, next: last && { createdAt: last.created, id: last.id } }
  }

  /** Entries of a page and one more, if there are so many. */
  async #found(query: ListQuery): Promise<readonly CreatedEntry[]> {
    const newest = new Newest(query.limit + 1)
    for (const sources of partsOf(query)) {
      const scan = await this.#run(() => new SqliteScan(this.#statements, query, sources))
      while (!(await this.#run((isOver) => scan.goOn(isOver)))) continue
      for (const entry of scan.found) newest.add(entry)
    }
    return newest.entries
  }

  async #shown(entries: readonly CreatedEntry[], query: ListQuery): Promise<ListedSagas> {
    const shown: ListedSagas = { items: [], unreadable: [] }
    for (let read = 0; read < entries.length;) {
      await this.#run((isOver) => {
        do this.#show(entries[read++] as CreatedEntry, query, shown)
        while (read < entries.length && !isOver())
      })
    }
    return shown
  }

  #show({ key }: CreatedEntry, query: ListQuery, { items, unreadable }: ListedSagas): void {
    const { sql, values } = conditionOf(query)
    const head = this.#statements.get(`SELECT id, due, head, '{}' AS metadata FROM sagas WHERE key = ? AND ${sql}`)
    const row = firstRow<HeadRow>(head, key, ...values)
    if (row === undefined) return
    const read = readHead(row)
    if (read.ok) items.push(read.value)
    else unreadable.push({ id: row.id, why: read.why })
  }
}
