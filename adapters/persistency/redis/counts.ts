import { StateTally } from '../../../src/codec/state-count.ts'
import type { StateCount } from '../../../src/codec/state-count.ts'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Duration } from '../../../src/engine/saga.ts'
import type { CountQuery, Uncounted } from '../../../src/ports/persistency.ts'
import { sleep } from '../../timing.ts'
import type { RedisKeys } from './keys.ts'
import { ROOM } from './read.ts'
import type { AskScript } from './read.ts'
import { classIn } from './saga-class.ts'
import { COUNTS, WALK } from './scripts/count.ts'

/** Sagas of one slice of a walk: Redis serves no other client meanwhile. */
const SLICE = 100
/** Time that a count may spend on the first walk, so that a small store has its numbers at once. */
const AT_ONCE: Duration = 500
/** A slice is followed by a pause of so many times its duration. */
const PAUSE = 4
/** Age at which the numbers are made anew, since an earlier version on the same store does not keep them. */
const RENEW: Duration = 86_400_000

type ClassCount = readonly [text: string, count: string, oldest: string]
type CountsAnswer = readonly [isWalking: number, found?: readonly ClassCount[]]

interface RedisCountsParts {
  readonly keys: RedisKeys
  readonly ask: AskScript
  /** Called with a walk, which goes on after the answer of the count. */
  readonly waitUntil: (work: Promise<void>) => void
}

/**
 * Numbers of sagas by state, which every save keeps. Those of a store of an earlier version are made once, slice by slice, and all are
 * made anew once a day.
 */
export class RedisCounts {
  readonly #keys: RedisKeys
  readonly #ask: AskScript
  readonly #waitUntil: (work: Promise<void>) => void
  /** Instant until which a walk of this process counts as one under way: an edge host may end its request without a word. */
  #walksUntil = Number.NEGATIVE_INFINITY

  constructor({ keys, ask, waitUntil }: RedisCountsParts) {
    this.#keys = keys
    this.#ask = ask
    this.#waitUntil = waitUntil
  }

  async count(query: CountQuery): Promise<readonly StateCount[] | Uncounted> {
    if (!isKept(query)) return { why: 'the store has numbers for currentState, isFinal and has alone' }
    let [isWalking, found] = await this.#read()
    if (found === undefined && (await this.#begin())) [isWalking, found] = await this.#read()
    if (isWalking === 1) this.#waitUntil(this.#walkOn())
    if (found === undefined) return { why: 'the store counts its sagas for the first time; ask again in a minute' }
    return tallyOf(found, query)
  }

  async #read(): Promise<CountsAnswer> {
    const { counting, sagas } = this.#keys
    return (await this.#ask(COUNTS, [counting], [sagas, String(RENEW)])) as CountsAnswer
  }

  /** The first walk, for a moment. True where that was enough. */
  async #begin(): Promise<boolean> {
    const began = performance.now()
    for (let isCounted = false; ;) {
      ;({ isCounted } = await this.#walk())
      if (isCounted || performance.now() - began >= AT_ONCE) return isCounted
    }
  }

  async #walk(): Promise<{ readonly isCounted: boolean; readonly isOver: boolean }> {
    const { all, counting, sagas } = this.#keys
    const args = [sagas, String(SLICE), String(ROOM), String(RENEW)]
    const [isCounted, isOver] = (await this.#ask(WALK, [all, counting], args)) as readonly number[]
    return { isCounted: isCounted === 1, isOver: isOver === 1 }
  }

  /** To the end of the walk, with pauses. An outage ends it; the next count goes on. */
  async #walkOn(): Promise<void> {
    if (performance.now() < this.#walksUntil) return
    try {
      for (let isOver = false; !isOver;) {
        const began = performance.now()
        this.#walksUntil = began + DEFAULTS.lostRequest
        ;({ isOver } = await this.#walk())
        await sleep(PAUSE * (performance.now() - began))
      }
    } catch {
      // Requests meet the outage, and log it.
    } finally {
      this.#walksUntil = Number.NEGATIVE_INFINITY
    }
  }
}

/** Filters that the classes of sagas have. */
const KEPT: readonly string[] = ['currentState', 'isFinal', 'has'] satisfies readonly (keyof CountQuery)[]

function isKept(query: CountQuery): boolean {
  return Object.entries(query).every(([filter, value]) => value === undefined || KEPT.includes(filter))
}

function tallyOf(found: readonly ClassCount[], { currentState, isFinal, has }: CountQuery): readonly StateCount[] {
  const tally = new StateTally()
  for (const [text, count, oldest] of found) {
    const { state, marks, ...saga } = classIn(text)
    const isWanted =
      (currentState === undefined || state === currentState) &&
      (isFinal === undefined || saga.isFinal === isFinal) &&
      (has === undefined || marks.includes(has))
    if (!isWanted || Number(count) <= 0) continue
    tally.total(state, Number(count))
    for (const mark of marks) tally.mark(state, mark, Number(count))
    if (oldest !== '') tally.debt(state, Number(oldest))
  }
  return tally.counts
}
