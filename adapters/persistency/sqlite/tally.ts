import { DatabaseSync } from 'node:sqlite'
import { ALL_MARKS } from '../../../src/codec/mark-filter.ts'
import { COUNT_OF, StateTally } from '../../../src/codec/state-count.ts'
import type { StateCount } from '../../../src/codec/state-count.ts'
import type { CountQuery } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { SqliteCounts } from './counts.ts'
import type { StableColumns } from './update.ts'

/** The filters that need nothing but the numbers of states. */
export type TallyQuery = Pick<CountQuery, 'currentState' | 'isFinal'>

/** Numbers of the sagas in one state that are final, or of those that are not: in all, and with each of `ALL_MARKS`. */
interface Group {
  readonly state: string
  readonly isFinal: boolean
  total: number
  readonly marked: number[]
}

/** Sagas that the file gains and loses. */
interface Moves {
  readonly from: StableColumns | undefined
  readonly to: StableColumns | undefined
}

/** Counts that are begun anew while writes fail, at most. */
const TRIES = 3

/**
 * Numbers of sagas by state, kept by this process, which alone writes the file: each write moves its saga from one number to another.
 * They begin with the first question, by a count of the file as it is then, in slices and on a connection of its own, while the writes
 * of meanwhile are noted. A write that fails leaves open what is in the file, so the numbers begin anew.
 */
export class SqliteTally {
  readonly #path: string
  readonly #run: RunSlice
  #groups: Map<string, Group> | undefined
  /** Writes of the open transaction. */
  #moves: Moves[] = []
  #counting: Promise<boolean> | undefined
  /** The connection of the count under way. */
  #db: DatabaseSync | undefined

  constructor(path: string, run: RunSlice) {
    this.#path = path
    this.#run = run
  }

  /** Notes a write of the open transaction. Without `from` the saga is new, without `to` it is removed. */
  moved(from: StableColumns | undefined, to: StableColumns | undefined): void {
    if (this.#groups !== undefined) this.#moves.push({ from, to })
  }

  /** The transaction is committed. */
  committed(): void {
    for (const { from, to } of this.#moves) {
      if (from !== undefined) this.#add(from, -1)
      if (to !== undefined) this.#add(to, 1)
    }
    this.#moves = []
  }

  /** The transaction was undone, or its fate is unknown. */
  failed(): void {
    this.#groups = undefined
    this.#counting = undefined
    this.#moves = []
  }

  /** The connection of a count under way is closed with the file. */
  close(): void {
    this.failed()
    this.#db?.close()
    this.#db = undefined
  }

  /** Counts the file, if that was not done. False where writes fail again and again. */
  async isKept(): Promise<boolean> {
    for (let tried = 0; tried < TRIES; tried++) {
      const isCounted = await (this.#counting ??= this.#counted())
      if (isCounted && this.#groups !== undefined) return true
    }
    return false
  }

  /** The numbers of now; `undefined` where they are not kept. */
  now(query: TallyQuery): StateTally | undefined {
    return this.#groups && tallyOf(this.#groups.values(), query)
  }

  /** False where a write has failed meanwhile. */
  async #counted(): Promise<boolean> {
    try {
      const { db, groups } = await this.#run(() => this.#begin())
      const counts = new SqliteCounts(db, this.#run)
      const [all, final] = [await counts.count({}), await counts.count({ isFinal: true })]
      if (this.#groups !== groups) return false
      for (const count of all) this.#join(count, false, 1)
      for (const count of final) {
        this.#join(count, false, -1)
        this.#join(count, true, 1)
      }
      return true
    } catch (thrown) {
      this.failed()
      throw thrown
    } finally {
      this.#db?.close()
      this.#db = undefined
    }
  }

  /** The first read fixes what the connection sees: no write comes between it and the empty groups. */
  #begin(): { readonly db: DatabaseSync; readonly groups: Map<string, Group> } {
    const db = new DatabaseSync(this.#path, { readOnly: true })
    this.#db = db
    db.exec('BEGIN')
    db.prepare('SELECT key FROM sagas LIMIT 1').get()
    const groups = new Map<string, Group>()
    this.#groups = groups
    return { db, groups }
  }

  #join(count: StateCount, isFinal: boolean, times: 1 | -1): void {
    const group = this.#group(count.state, isFinal)
    group.total += times * count.total
    for (const [at, mark] of ALL_MARKS.entries())
      group.marked[at] = (group.marked[at] ?? 0) + times * count[COUNT_OF[mark]]
  }

  #add({ state, final, marks }: StableColumns, times: 1 | -1): void {
    const group = this.#group(state, final === 1)
    group.total += times
    for (let at = 0; marks >> at !== 0; at++)
      if (((marks >> at) & 1) === 1) group.marked[at] = (group.marked[at] ?? 0) + times
  }

  #group(state: string, isFinal: boolean): Group {
    const key = `${isFinal ? 1 : 0}${state}`
    const known = this.#groups?.get(key)
    if (known !== undefined) return known
    const group = { state, isFinal, total: 0, marked: ALL_MARKS.map(() => 0) }
    this.#groups?.set(key, group)
    return group
  }
}

function tallyOf(groups: Iterable<Group>, { currentState, isFinal }: TallyQuery): StateTally {
  const tally = new StateTally()
  for (const group of groups) {
    if (
      group.total === 0 ||
      (currentState ?? group.state) !== group.state ||
      (isFinal ?? group.isFinal) !== group.isFinal
    )
      continue
    tally.total(group.state, group.total)
    for (const [at, mark] of ALL_MARKS.entries()) tally.mark(group.state, mark, group.marked[at] ?? 0)
  }
  return tally
}
