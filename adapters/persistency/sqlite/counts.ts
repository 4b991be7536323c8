import type { DatabaseSync } from 'node:sqlite'
import { ALL_MARKS } from '../../../src/codec/mark-filter.ts'
import type { SagaMark } from '../../../src/codec/mark-filter.ts'
import { COUNT_OF, StateTally } from '../../../src/codec/state-count.ts'
import type { MarkCount, StateCount } from '../../../src/codec/state-count.ts'
import type { Instant } from '../../../src/engine/saga.ts'
import type { CountQuery } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { all, partsOf } from './filters.ts'
import type { IndexChoice } from './filters.ts'
import type { SqlCondition } from './mark-filters.ts'
import { MARK_INDEXES, marked } from './marks.ts'
import { allRows, firstRow } from './rows.ts'
import { Statements } from './scan.ts'

/** Sagas that one statement counts: in an index alone, and where each row is read. Parts of what a slice has time for. */
const IN_INDEX = 16_384
const IN_ROWS = 512

/** Numbers of one state in one part of an index. */
interface CountedRow extends Partial<Record<MarkCount, number>> {
  readonly state: string
  readonly total: number
  readonly debt?: Instant | null
  readonly final?: number
}

/** The oldest debt of the sagas in one state that are final, or of those that are not. */
export interface OldestDebt {
  readonly state: string
  readonly isFinal: boolean
  readonly since: Instant
}

/** A count by one index, in parts. */
interface IndexCount {
  readonly source: IndexChoice
  readonly columns: string
  /** Columns that make the groups. Default: the state. */
  readonly groups?: string
  readonly rows: number
  readonly add: (row: CountedRow) => void
}

const MARK_SUMS = ALL_MARKS.map((mark) => `sum(${marked(mark)}) AS ${COUNT_OF[mark]}`).join(', ')
const SINCE = `(SELECT min(value ->> 'since') FROM json_each(head, '$.owed'))`
const DEBT = `min(CASE WHEN ${marked('owed')} AND json_valid(head) THEN ${SINCE} END) AS debt`

/**
 * Numbers of sagas by state, in slices while events go on. Without filters the index of states is counted alone, and of the rows
 * only those with a mark are read.
 */
export class SqliteCounts {
  readonly #statements: Statements
  readonly #run: RunSlice

  constructor(db: DatabaseSync, run: RunSlice) {
    this.#statements = new Statements(db)
    this.#run = run
  }

  async count(query: CountQuery): Promise<readonly StateCount[]> {
    const tally = new StateTally()
    if (isByStateAlone(query)) await this.#byIndexes(query, tally)
    else await this.#byRows(query, tally)
    return tally.counts
  }

  /** The oldest debts of all sagas that owe: of a group there may be several, from several parts of the file. */
  async debts(): Promise<readonly OldestDebt[]> {
    const debts: OldestDebt[] = []
    await this.#parts(
      {},
      {
        source: { index: MARK_INDEXES.owed, of: [{ sql: marked('owed'), values: [] }], rest: [] },
        columns: `state, final, ${DEBT}`,
        groups: 'state, final',
        rows: IN_ROWS,
        add({ state, final, debt }) {
          if (typeof debt === 'number') debts.push({ state, isFinal: final === 1, since: debt })
        },
      },
    )
    return debts
  }

  async #byIndexes(query: CountQuery, tally: StateTally): Promise<void> {
    for await (const state of this.#states(query)) {
      const of = [{ sql: 'state = ?', values: [state] }]
      const source = { index: 'sagas_state', of, rest: [] }
      const add = ({ total }: CountedRow) => tally.total(state, total)
      await this.#parts(query, { source, columns: 'state', rows: IN_INDEX, add })
    }
    for (const mark of ALL_MARKS) await this.#marked(query, mark, tally)
  }

  #marked(query: CountQuery, mark: SagaMark, tally: StateTally): Promise<void> {
    const of = [{ sql: marked(mark), values: [] }]
    const { currentState } = query
    const rest = currentState === undefined ? [] : [{ sql: 'state = ?', values: [currentState] }]
    return this.#parts(query, {
      source: { index: MARK_INDEXES[mark], of, rest },
      columns: mark === 'owed' ? `state, ${DEBT}` : 'state',
      rows: IN_ROWS,
      add({ state, total, debt }) {
        tally.mark(state, mark, total)
        if (typeof debt === 'number') tally.debt(state, debt)
      },
    })
  }

  async #byRows(query: CountQuery, tally: StateTally): Promise<void> {
    const add = (row: CountedRow): void => {
      tally.total(row.state, row.total)
      for (const mark of ALL_MARKS) tally.mark(row.state, mark, row[COUNT_OF[mark]] ?? 0)
      if (typeof row.debt === 'number') tally.debt(row.state, row.debt)
    }
    for (const [source] of partsOf(query)) {
      if (source !== undefined)
        await this.#parts(query, { source, columns: `state, ${MARK_SUMS}, ${DEBT}`, rows: IN_ROWS, add })
    }
  }

  /** The states that there are, by one search of the index each. */
  async *#states({ currentState }: CountQuery): AsyncGenerator<string> {
    if (currentState !== undefined) return yield currentState
    const next = this.#statements.get('SELECT min(state) AS state FROM sagas INDEXED BY sagas_state WHERE state > ?')
    const first = this.#statements.get('SELECT min(state) AS state FROM sagas INDEXED BY sagas_state')
    type Row = { readonly state: string | null }
    let row = await this.#run(() => firstRow<Row>(first))
    while (typeof row?.state === 'string') {
      const { state } = row
      yield state
      row = await this.#run(() => firstRow<Row>(next, state))
    }
  }

  /** From the newest creation to the oldest, in parts without a saga in common. */
  async #parts({ until, since }: CountQuery, count: IndexCount): Promise<void> {
    const bounds: Bounds = { until: until ?? Number.POSITIVE_INFINITY, isIncluded: until === undefined, since }
    for (let left: Bounds | undefined = bounds; left !== undefined;) {
      left = await this.#run((isOver) => {
        let rest: Bounds | undefined = left
        do rest = rest && this.#part(rest, count)
        while (rest !== undefined && !isOver())
        return rest
      })
    }
  }

  /** Counts one part, of at most `count.rows` sagas; answers the bounds of what is left. */
  #part(bounds: Bounds, count: IndexCount): Bounds | undefined {
    if (bounds.below !== undefined) return this.#partOfInstant(bounds, bounds.below, count)
    const range = rangeOf(bounds)
    const edge = this.#createdAt(count, range, count.rows)
    if (edge === undefined) {
      this.#count(count, range)
      return undefined
    }
    const isOneInstant = this.#createdAt(count, range, 0) === edge
    if (isOneInstant) return { ...bounds, until: edge, below: Number.MAX_SAFE_INTEGER }
    this.#count(count, range, { sql: 'created > ?', values: [edge] })
    return { ...bounds, until: edge, isIncluded: true }
  }

  /** Any number of sagas may be created in one instant: they are counted by their keys. */
  #partOfInstant(bounds: Bounds, below: number, count: IndexCount): Bounds {
    const { index, of } = count.source
    const at = { sql: 'created = ? AND key < ?', values: [bounds.until, below] }
    const { sql, values } = all([...of, at])
    const text = `SELECT key FROM sagas INDEXED BY ${index} WHERE ${sql} ORDER BY key DESC LIMIT 1 OFFSET ${count.rows}`
    const edge = firstRow<{ readonly key: number }>(this.#statements.get(text), ...values)?.key
    if (edge === undefined) {
      this.#count(count, at)
      return { ...bounds, isIncluded: false, below: undefined }
    }
    this.#count(count, at, { sql: 'key > ?', values: [edge] })
    return { ...bounds, below: edge + 1 }
  }

  /** The creation of the saga behind so many others, newest first. */
  #createdAt({ source: { index, of } }: IndexCount, range: SqlCondition, offset: number): Instant | undefined {
    const { sql, values } = all([...of, range])
    const text = `SELECT created FROM sagas INDEXED BY ${index} WHERE ${sql} ORDER BY created DESC LIMIT 1 OFFSET ${offset}`
    return firstRow<{ readonly created: Instant }>(this.#statements.get(text), ...values)?.created
  }

  #count(
    { source: { index, of, rest }, columns, groups = 'state', add }: IndexCount,
    ...range: readonly SqlCondition[]
  ): void {
    const part = all([...of, ...range, ...rest])
    const sql = `SELECT ${columns}, count(*) AS total FROM sagas INDEXED BY ${index} WHERE ${part.sql} GROUP BY ${groups}`
    for (const row of allRows<CountedRow>(this.#statements.get(sql), ...part.values)) add(row)
  }
}

/** Creations that are left to count. */
interface Bounds {
  readonly until: Instant
  readonly isIncluded: boolean
  readonly since?: Instant | undefined
  /** Only the sagas of the instant `until` with a smaller key, before all older ones. */
  readonly below?: number | undefined
}

function rangeOf({ until, isIncluded, since }: Bounds): SqlCondition {
  const before = isIncluded ? 'created <= ?' : 'created < ?'
  return since === undefined
    ? { sql: before, values: [until] }
    : { sql: `${before} AND created >= ?`, values: [until, since] }
}

/** The other filters need the rows. */
function isByStateAlone(query: CountQuery): boolean {
  return Object.entries(query).every(([filter, value]) => value === undefined || IN_STATE_INDEX.has(filter))
}

const IN_STATE_INDEX: ReadonlySet<string> = new Set(['currentState', 'since', 'until'])
