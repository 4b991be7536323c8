import type { DatabaseSync } from 'node:sqlite'
import type { StateCount } from '../../../src/codec/state-count.ts'
import type { CountQuery } from '../../../src/ports/persistency.ts'
import type { RunSlice } from '../../../src/slices.ts'
import { SqliteCounts } from './counts.ts'
import type { OldestDebt } from './counts.ts'
import type { SqliteTally } from './tally.ts'

/** The parts of `SqliteNumbers`. */
export interface NumbersParts {
  readonly run: RunSlice
  readonly tally: SqliteTally
}

/** With so many sagas that owe, their oldest debts are read again after this many times the time that it took. */
const MANY = 1_000
const SELDOM = 20

/**
 * Numbers of sagas by state. Those without a filter, of one state and of the final sagas or the others are kept with each write; only
 * the oldest debts are read from the sagas that owe. Other filters count the sagas that they match, in slices.
 */
export class SqliteNumbers {
  readonly #counts: SqliteCounts
  readonly #tally: SqliteTally
  #debts: readonly OldestDebt[] = []
  #reading: Promise<void> | undefined
  /** The debts are as new as need be until then (monotonic). */
  #until = Number.NEGATIVE_INFINITY

  constructor(db: DatabaseSync, { run, tally }: NumbersParts) {
    this.#counts = new SqliteCounts(db, run)
    this.#tally = tally
  }

  async count(query: CountQuery): Promise<readonly StateCount[]> {
    if (!isOfStates(query) || !(await this.#tally.isKept())) return this.#counts.count(query)
    const owing = owed(this.#tally.now({})?.counts)
    if (owing > 0 && performance.now() >= this.#until)
      await (this.#reading ??= this.#read(owing).finally(() => (this.#reading = undefined)))
    const tally = this.#tally.now(query)
    if (tally === undefined) return this.#counts.count(query)
    const states = new Set(tally.counts.filter((count) => count.owed > 0).map(({ state }) => state))
    for (const { state, isFinal, since } of this.#debts)
      if (states.has(state) && (query.isFinal ?? isFinal) === isFinal) tally.debt(state, since)
    return tally.counts
  }

  async #read(owing: number): Promise<void> {
    const begun = performance.now()
    this.#debts = await this.#counts.debts()
    const ended = performance.now()
    this.#until = owing < MANY ? Number.NEGATIVE_INFINITY : ended + SELDOM * (ended - begun)
  }
}

function owed(counts: readonly StateCount[] = []): number {
  return counts.reduce((sum, count) => sum + count.owed, 0)
}

function isOfStates(query: CountQuery): boolean {
  return Object.entries(query).every(([filter, value]) => value === undefined || KEPT.has(filter))
}

const KEPT: ReadonlySet<string> = new Set(['currentState', 'isFinal'])
