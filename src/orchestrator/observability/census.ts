import { StateTally } from '../../codec/state-count.ts'
import type { StateCount } from '../../codec/state-count.ts'
import type { Duration } from '../../engine/saga.ts'
import { reasonOf } from '../../errors.ts'
import type { Machine } from '../../machine/compile.ts'
import type { Metrics, StoredCounts } from '../../ports/metrics.ts'
import type { Capabilities, CountQuery, Cursor } from '../../ports/persistency.ts'
import type { Cancel, Fields, Runtime } from '../../ports/runtime.ts'
import { isCounted } from './count-sagas.ts'
import { largestCounts } from './largest-counts.ts'

/** Options of `Census`. */
export interface CensusOptions {
  readonly machine: Machine
  readonly can: Pick<Capabilities, 'counts' | 'list'>
  readonly runtime: Pick<Runtime, 'wallClock' | 'monotonic' | 'after' | 'log'>
  readonly metrics: Pick<Metrics, 'stored'>
}

/** Least time between two counts. */
const INTERVAL: Duration = 15_000
/** A count is followed by a pause of so many times its duration, and so is each page where a store lists and cannot count. */
const PAUSE = 200
const PAGE_PAUSE = 50
const PAGE = 100
/** Time until the line at start, with what was counted by then: a slow store delays nothing else. */
const LINE_AFTER: Duration = 5_000

/** Sagas that the gauges are about. A final saga counts only where it owes or has dead letters. */
const PARTS: readonly CountQuery[] = [
  { isFinal: false },
  { isFinal: true, has: 'owed' },
  { isFinal: true, has: 'dead-letters' },
]

/**
 * Counts the sagas of the store again and again, for the gauges and for one line at start. The share of its work is bounded, so that
 * a large store is counted more seldom; scrapes read the newest count. Without effect where the store can neither count nor list.
 */
export class Census {
  readonly #options: CensusOptions
  #isLogged = false
  #cancelLine: Cancel | undefined
  #cancel: Cancel | undefined
  #isStopped = false
  /** Of the count under way. */
  #parts: (readonly StateCount[])[] = []
  /** The count under way pauses after each page. */
  #isPaged = false

  constructor(options: CensusOptions) {
    this.#options = options
  }

  start(): void {
    const { can, runtime } = this.#options
    if (can.counts === false && can.list === false) return
    this.#cancelLine = runtime.after(LINE_AFTER, () => this.#log({ isWhole: false }))
    void this.#count()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelLine?.()
    this.#cancel?.()
  }

  async #count(): Promise<void> {
    const { runtime, metrics } = this.#options
    const began = runtime.monotonic()
    try {
      this.#parts = []
      this.#isPaged = false
      for (const query of PARTS) this.#parts.push(await this.#part(query))
      if (this.#isStopped) return
      metrics.stored(this.#counts())
      this.#log({})
    } catch (thrown) {
      // An outage of the store is logged where requests meet it.
      if (this.#isStopped) return
      this.#log({ isWhole: false, why: reasonOf(thrown) })
    }
    const wait = Math.max(INTERVAL, this.#isPaged ? 0 : PAUSE * (runtime.monotonic() - began))
    this.#cancel = runtime.after(wait, () => void this.#count())
  }

  async #part(query: CountQuery): Promise<readonly StateCount[]> {
    const { counts, list } = this.#options.can
    const own = counts === false ? undefined : await counts.count(query)
    if (own !== undefined && isCounted(own)) return own
    if (list === false) throw new Error(`count sagas: ${own?.why}`)
    this.#isPaged = true
    return this.#paged(query)
  }

  /** Page by page with pauses, so that requests go first. Rejects where it is stopped before the end. */
  async #paged(query: CountQuery): Promise<readonly StateCount[]> {
    const { can, runtime } = this.#options
    const tally = new StateTally()
    let after: Cursor | undefined
    do {
      if (can.list === false || this.#isStopped) throw new Error('count sagas: stopped')
      const began = runtime.monotonic()
      const page = await can.list.page({ ...query, limit: PAGE, after })
      for (const saga of page.items) tally.add(saga)
      after = page.next
      const pause = Math.max(1, PAGE_PAUSE * (runtime.monotonic() - began))
      if (after !== undefined) await new Promise<void>((resolve) => (this.#cancel = runtime.after(pause, resolve)))
    } while (after !== undefined)
    return tally.counts
  }

  #counts(): StoredCounts {
    const { machine, runtime } = this.#options
    const [open = [], owing = [], dead = []] = this.#parts
    const now = runtime.wallClock()
    const sum = (counts: readonly StateCount[], of: Exclude<keyof StateCount, 'state' | 'oldestDebt'>) =>
      counts.reduce((all, count) => all + count[of], 0)
    const debts = [...open, ...owing].flatMap(({ oldestDebt }) => oldestDebt ?? [])
    return {
      states: statesOf(machine, open),
      owing: sum(open, 'owed') + sum(owing, 'total'),
      // 0 without debts: the smallest of none is infinite.
      oldestDebt: Math.max(0, now - Math.min(...debts)) / 1_000,
      deadLetters: sum(open, 'deadLetters') + sum(dead, 'total'),
      parked: sum(open, 'parked'),
      timers: sum(open, 'timers'),
      held: sum(open, 'held'),
      at: now,
    }
  }

  /** Once. `isWhole: false`: what was counted by now. */
  #log(fields: Fields): void {
    if (this.#isLogged) return
    this.#isLogged = true
    this.#cancelLine?.()
    const { states, at, oldestDebt, ...marks } = this.#counts()
    const sagas = largestCounts(new Map([...states].filter(([, count]) => count > 0)))
    const debt = oldestDebt === 0 ? {} : { oldestDebt: new Date(at - oldestDebt * 1_000).toISOString() }
    this.#options.runtime.log.write('store.counted', { sagas, ...marks, ...debt, ...fields })
  }
}

/** Every state that is not final, and the sum of those that saga.json lacks: names of stored states do not make series. */
function statesOf({ states }: Machine, open: readonly StateCount[]): ReadonlyMap<string, number> {
  const openStates = [...states].filter(([, { isFinal }]) => !isFinal).map(([state]) => state)
  const counts = new Map([...openStates, 'other'].map((state) => [state, 0]))
  for (const { state, total } of open) {
    const name = states.has(state) ? state : 'other'
    counts.set(name, (counts.get(name) ?? 0) + total)
  }
  return counts
}
