import type { Duration, Instant } from '../../src/engine/saga.ts'
import { LOG_CODES } from '../../src/ports/log-codes.ts'
import type { LogCode } from '../../src/ports/log-codes.ts'
import type { Cancel, Fields, LogLevel, Runtime } from '../../src/ports/runtime.ts'

/** A host whose time passes only when a test says so. */
export interface SimulatedRuntime extends Runtime {
  /** Lets time pass: every timer that falls due runs in its order, and what it sets off settles before the next one. */
  advance(ms: Duration): Promise<void>
  /** Sets the wall clock forward or back; timers and the monotonic clock do not notice. */
  jump(ms: Duration): void
  /** Timers that have not run and were not cancelled. */
  readonly timers: number
  /** What was written to the log. */
  readonly logged: readonly LogLine[]
  /** Resolves when everything that was handed to `waitUntil` so far has ended; rejects if some of it did. */
  finished(): Promise<void>
}

export interface LogLine {
  readonly level: LogLevel
  /** Absent until every line has one. */
  readonly code?: LogCode
  readonly message: string
  readonly fields?: Fields | undefined
}

interface Timer {
  at: number
  readonly order: number
  readonly every?: Duration
  readonly run: () => void
}

/** 2030, so that nothing real is in its future. */
const START: Instant = Date.UTC(2030, 0, 1)

export function simulatedRuntime(seed = 1): SimulatedRuntime {
  return new HandDriven(seed)
}

/** Lets everything that can go on without time passing go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

class HandDriven implements SimulatedRuntime {
  readonly name = 'fake'
  readonly blocksPorts = false
  readonly mayVanish = false
  readonly logged: LogLine[] = []
  readonly log: Runtime['log'] = {
    write: (code, fields, level = LOG_CODES[code].level) =>
      void this.logged.push({ level, code, message: LOG_CODES[code].words, fields }),
    debug: this.#logger('debug'),
    info: this.#logger('info'),
    warn: this.#logger('warn'),
    error: this.#logger('error'),
  }
  readonly #timers = new Set<Timer>()
  readonly #work: Promise<unknown>[] = []
  #now = 0
  #shift = START
  #order = 0
  #chance: number

  constructor(seed: number) {
    this.#chance = seed >>> 0
  }

  get timers(): number {
    return this.#timers.size
  }

  wallClock = (): Instant => this.#now + this.#shift
  monotonic = (): number => this.#now
  fetch: Runtime['fetch'] = () => Promise.reject(new Error('the fake runtime has no network'))

  /** mulberry32: the same numbers for the same seed. */
  random(): number {
    this.#chance = (this.#chance + 0x6d2b79f5) >>> 0
    let bits = Math.imul(this.#chance ^ (this.#chance >>> 15), this.#chance | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  after(wait: Duration, run: () => void): Cancel {
    return this.#set({ at: this.#now + wait, order: this.#order++, run })
  }

  every(interval: Duration, run: () => void): Cancel {
    return this.#set({ at: this.#now + interval, order: this.#order++, every: interval, run })
  }

  waitUntil(work: Promise<unknown>): void {
    work.catch(() => undefined) // `finished` tells
    this.#work.push(work)
  }

  async finished(): Promise<void> {
    await Promise.all(this.#work)
  }

  async advance(ms: Duration): Promise<void> {
    const until = this.#now + ms
    await settle()
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#now = Math.max(this.#now, timer.at)
      if (timer.every === undefined) this.#timers.delete(timer)
      else timer.at += Math.max(1, timer.every)
      timer.run()
      await settle()
    }
    this.#now = until
  }

  jump(ms: Duration): void {
    this.#shift += ms
  }

  #next(until: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= until)
    return due.sort((one, other) => one.at - other.at || one.order - other.order)[0]
  }

  #set(timer: Timer): Cancel {
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  #logger(level: LogLevel) {
    return (message: string, fields?: Fields): void => void this.logged.push({ level, message, fields })
  }
}
