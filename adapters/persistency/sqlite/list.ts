import type { DatabaseSync } from 'node:sqlite'
import { decodeHead } from '../../../src/codec/head.ts'
import type { HeadRow } from '../../../src/codec/head.ts'
import type { ListQuery, Page } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { conditionOf, sourcesOf } from './filters.ts'
import type { Entry } from './newest.ts'
import { Scan, Statements } from './scan.ts'

type Items = Page['items'][number][]

/**
 * Pages of sagas, newest creation first, then id. They are looked for in slices, and meanwhile events go on: a saga that has
 * left the filters before its head is read is left out.
 */
export class List {
  readonly #statements: Statements
  readonly #run: RunSlice

  constructor(db: DatabaseSync, run: RunSlice) {
    this.#statements = new Statements(db)
    this.#run = run
  }

  async page(query: ListQuery): Promise<Page> {
    const found = await this.#found(query)
    const shown = found.slice(0, query.limit)
    const last = found.length > query.limit ? shown.at(-1) : undefined
    return { items: await this.#items(shown, query), next: last && { createdAt: last.created, id: last.id } }
  }

  /** One more than a page, if there are so many. */
  async #found(query: ListQuery): Promise<readonly Entry[]> {
    const scan = await this.#run(() => new Scan(this.#statements, query, sourcesOf(query)))
    while (!(await this.#run((isOver) => scan.goOn(isOver)))) continue
    return scan.found
  }

  async #items(entries: readonly Entry[], query: ListQuery): Promise<Items> {
    const items: Items = []
    for (let read = 0; read < entries.length;) {
      await this.#run((isOver) => {
        do items.push(...this.#item(entries[read++] as Entry, query))
        while (read < entries.length && !isOver())
      })
    }
    return items
  }

  #item({ key }: Entry, query: ListQuery): Items {
    const { sql, values } = conditionOf(query)
    const head = this.#statements.get(`SELECT id, due, head, '{}' AS metadata FROM sagas WHERE key = ? AND ${sql}`)
    const row = head.get(key, ...values) as unknown as HeadRow | undefined
    return row === undefined ? [] : [decodeHead(row)]
  }
}
