import type { DatabaseSync } from 'node:sqlite'
import { ALL_MARKS } from '../../../src/codec/mark-filter.ts'
import type { SagaMark } from '../../../src/codec/mark-filter.ts'
import { COUNT_OF, StateTally } from '../../../src/codec/state-count.ts'
import type { MarkCount, StateCount } from '../../../src/codec/state-count.ts'
import type { Instant } from '../../../src/engine/saga.ts'
import type { CountQuery } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { all, sourcesOf } from './filters.ts'
import type { IndexChoice } from './filters.ts'
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
}

/** A count by one index, in parts. */
interface IndexCount {
  readonly source: IndexChoice
  readonly columns: string
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
    const [source] = sourcesOf(query)
    if (source === undefined) return
    const add = (row: CountedRow): void => {
      tally.total(row.state, row.total)
      for (const mark of ALL_MARKS) tally.mark(row.state, mark, row[COUNT_OF[mark]] ?? 0)
      if (typeof row.debt === 'number') tally.debt(row.state, row.debt)
    }
    await this.#parts(query, { source, columns: `state, ${MARK_SUMS}, ${DEBT}`, rows: IN_ROWS, add })
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

  /** From the newest creation to the oldest: each part ends at an instant, so that none is counted twice. */
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

  /** Counts one part; answers the bounds of what is left. */
  #part(bounds: Bounds, { source, columns, rows, add }: IndexCount): Bounds | undefined {
    const { index, of, rest } = source
    const range = all([...of, rangeOf(bounds)])
    const edge = `SELECT created FROM sagas INDEXED BY ${index} WHERE ${range.sql} ORDER BY created DESC LIMIT 1 OFFSET ${rows}`
    const last = firstRow<{ readonly created: Instant }>(this.#statements.get(edge), ...range.values)?.created
    const part = all([...of, rangeOf({ ...bounds, ...(last !== undefined && { since: last }) }), ...rest])
    const sql = `SELECT ${columns}, count(*) AS total FROM sagas INDEXED BY ${index} WHERE ${part.sql} GROUP BY state`
    for (const row of allRows<CountedRow>(this.#statements.get(sql), ...part.values)) add(row)
    return last === undefined ? undefined : { ...bounds, until: last, isIncluded: false }
  }
}

/** Instants of creation that are left to count. */
interface Bounds {
  readonly until: Instant
  readonly isIncluded: boolean
  readonly since?: Instant | undefined
}

function rangeOf({ until, isIncluded, since }: Bounds): IndexChoice['of'][number] {
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
