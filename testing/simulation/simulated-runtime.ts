import type { Duration } from '../../src/engine/saga.ts'
import { LOG_CODES } from '../../src/ports/log-codes.ts'
import type { LogCode } from '../../src/ports/log-codes.ts'
import type { Fields, Log, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { seededRandom } from './seeded-random.ts'
import { settle } from './settle.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A host without a network whose time passes only when a test says so. Runs with the same seed are the same. */
export interface SimulatedRuntime extends Runtime {
  /** Lets `ms` pass: each timer that falls due runs in its order, and its consequences settle before the next one. */
  advance(ms: Duration): Promise<void>
  /** Lets everything run on that needs no time to pass. */
  settle(): Promise<void>
  /** Sets the wall clock forward or back; timers and the monotonic clock do not change. */
  jump(ms: Duration): void
  /** Timers that are set: neither run nor cancelled. */
  readonly timers: number
  /** Every line written to the log, of every level. */
  readonly logged: readonly LogLine[]
  /** Resolves when all work handed to `waitUntil` so far has ended; rejects with the first failure. */
  finished(): Promise<void>
}

/** A line that was logged. */
export interface LogLine {
  readonly level: LogLevel
  readonly code: LogCode
  readonly fields?: Fields | undefined
}

/** The log of a simulated host. */
export interface SimulatedLog {
  /** Lines that are made for the level `debug` alone are made. Default: false. */
  readonly debug?: boolean | undefined
}

/** A host with a virtual clock; the same seed gives the same random numbers. */
export function simulatedRuntime(seed = 1, { debug = false }: SimulatedLog = {}): SimulatedRuntime {
  const clock = new VirtualClock()
  const random = seededRandom(seed)
  const logged: LogLine[] = []
  const work: Promise<unknown>[] = []
  /** Calls of this host so far: while it grows, something goes on. */
  let calls = 0
  const counted = <Given extends readonly unknown[], Result>(call: (...given: Given) => Result) => {
    return (...given: Given): Result => {
      calls++
      return call(...given)
    }
  }
  const settled = () => settle(() => calls)

  return {
    name: 'simulation',
    blocksPorts: false,
    mayVanish: false,
    wallClock: counted(() => clock.wall),
    monotonic: counted(() => clock.monotonic),
    random: counted(random),
    after: counted((wait, run) => clock.after(wait, run)),
    every: counted((interval, run) => clock.every(interval, run)),
    waitUntil: counted((promise) => {
      promise.catch(() => undefined) // `finished` rejects with it
      work.push(promise)
    }),
    fetch: counted(() => Promise.reject(new Error('the simulated runtime has no network'))),
    log: recordingLog(
      counted((line) => void logged.push(line)),
      debug,
    ),

    settle: settled,
    async advance(ms) {
      const until = clock.monotonic + ms
      await settled()
      while (clock.runNext(until)) await settled()
    },
    jump: (ms) => clock.jump(ms),
    get timers() {
      return clock.timers
    },
    logged,
    async finished() {
      await Promise.all(work)
    },
  }
}

function recordingLog(record: (line: LogLine) => void, debug: boolean): Log {
  return {
    write: (code, fields, level = LOG_CODES[code].level) => record({ level, code, fields }),
    writes: (level) => debug || (level !== 'debug' && level !== 'trace'),
  }
}
