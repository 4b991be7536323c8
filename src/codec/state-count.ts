import type { Instant, Saga } from '../engine/saga.ts'
import { marksOf } from './mark-filter.ts'
import type { SagaMark } from './mark-filter.ts'

/** Sagas in one state, and how many of them have each mark. */
export interface StateCount {
  readonly state: string
  readonly total: number
  /** Sagas that owe a command (P3). */
  readonly owed: number
  /** Sagas with a dead letter. */
  readonly deadLetters: number
  /** Sagas with a parked event (P10). */
  readonly parked: number
  /** Sagas with an armed timer (P18). */
  readonly timers: number
  /** Sagas that are held (P26). */
  readonly held: number
  /** When the oldest owed command of these sagas was decided; absent where they owe nothing. */
  readonly oldestDebt?: Instant | undefined
}

/** A count of a state, by the mark that it counts. */
export type MarkCount = Exclude<keyof StateCount, 'state' | 'total' | 'oldestDebt'>

/** The count of each mark. */
export const COUNT_OF: Readonly<Record<SagaMark, MarkCount>> = {
  owed: 'owed',
  'dead-letters': 'deadLetters',
  parked: 'parked',
  timer: 'timers',
  hold: 'held',
}

type OpenCount = { -readonly [key in keyof StateCount]: StateCount[key] }

/** Counts of every state while a store reads its sagas one after the other. */
export class StateTally {
  readonly #counts = new Map<string, OpenCount>()

  /** The counts, in the order of their states. */
  get counts(): readonly StateCount[] {
    return [...this.#counts.values()].sort(({ state: one }, { state: other }) => (one < other ? -1 : 1))
  }

  /** Counts sagas of a state, whatever their marks. */
  total(state: string, count: number): void {
    this.#of(state).total += count
  }

  /** Counts sagas of a state for a mark. */
  mark(state: string, mark: SagaMark, count: number): void {
    this.#of(state)[COUNT_OF[mark]] += count
  }

  /** Notes the instant of an owed command. */
  debt(state: string, since: Instant): void {
    const counts = this.#of(state)
    counts.oldestDebt = Math.min(counts.oldestDebt ?? since, since)
  }

  /** Counts a saga with all its marks. */
  add(saga: Omit<Saga, 'metadata'>): void {
    const { state, owed } = saga
    this.total(state, 1)
    for (const mark of marksOf(saga)) this.mark(state, mark, 1)
    for (const { since } of owed) this.debt(state, since)
  }

  #of(state: string): OpenCount {
    const known = this.#counts.get(state)
    if (known !== undefined) return known
    const counts: OpenCount = { state, total: 0, owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0 }
    this.#counts.set(state, counts)
    return counts
  }
}
