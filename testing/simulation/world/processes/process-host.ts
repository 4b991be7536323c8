import type { Duration, Instant } from '../../../../src/engine/saga.ts'
import { LOG_CODES } from '../../../../src/ports/log-codes.ts'
import type { LogCode } from '../../../../src/ports/log-codes.ts'
import type { Fields, Runtime } from '../../../../src/ports/runtime.ts'
import type { SimulatedHost, SimulatedWorld } from '../simulated-world.ts'

/** A line that a process has logged. */
export interface LoggedLine {
  readonly time: number
  readonly process: string
  readonly code: LogCode
  readonly fields: Fields | undefined
}

/** Options of `ProcessHost`. */
export interface ProcessHostOptions {
  readonly name: string
  /** Wall clock of this process minus the true time. */
  readonly skew: Duration
  readonly mayVanish: boolean
  /** Receives each line of the log. Absent: nothing reads it. */
  readonly logged?: ((line: LoggedLine) => void) | undefined
  readonly onCrash: () => void
}

/** One start of a process: its clocks, its timers and its end. */
export class ProcessHost implements SimulatedHost {
  readonly name: string
  readonly runtime: Runtime
  isGone = false
  stalledUntil = 0
  #skew: Duration
  readonly #world: SimulatedWorld
  readonly #onCrash: () => void

  constructor(world: SimulatedWorld, options: ProcessHostOptions) {
    this.#world = world
    this.name = options.name
    this.#skew = options.skew
    this.#onCrash = options.onCrash
    this.runtime = this.#runtimeOf(options)
  }

  wallClock(): Instant {
    return Math.floor(this.#world.clock + this.#skew)
  }

  /** Sets the wall clock; timers and the monotonic clock do not change. */
  setClock(skew: Duration): void {
    this.#skew = skew
  }

  stall(wait: Duration): void {
    this.stalledUntil = this.#world.agenda.now + wait
  }

  /** Ends the process without a record, such as after a stop. */
  vanish(): void {
    this.isGone = true
  }

  crash(): void {
    if (this.isGone) return
    this.isGone = true
    this.#world.log.note({ kind: 'crashed', clock: this.wallClock(), process: this.name })
    this.#onCrash()
  }

  #runtimeOf({ name, mayVanish, logged }: ProcessHostOptions): Runtime {
    const { agenda, chance } = this.#world
    const dice = chance.stream(`${name} random`)
    const began = agenda.now
    return {
      name: 'simulation',
      blocksPorts: false,
      mayVanish,
      wallClock: () => this.wallClock(),
      monotonic: () => agenda.now - began,
      random: () => dice.fraction(),
      after: (wait, run) => agenda.after(wait, run, this),
      every: (interval, run) => agenda.every(interval, run, this),
      waitUntil: (work) => void work.catch(() => undefined),
      fetch: () => Promise.reject(new Error('a simulated process has no network')),
      log: {
        write: (code, fields) => logged?.({ time: agenda.now, process: name, code, fields }),
        writes: (level) => logged !== undefined && level !== 'trace' && LEVELS.has(level),
      },
    }
  }
}

const LEVELS: ReadonlySet<string> = new Set(Object.values(LOG_CODES).map(({ level }) => level))
