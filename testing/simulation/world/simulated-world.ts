import type { Duration, Instant } from '../../../src/engine/saga.ts'
import { Agenda } from './agenda.ts'
import type { Owner } from './agenda.ts'
import { RunChance } from './run-chance.ts'
import type { RunChanceOptions } from './run-chance.ts'
import { ObservationLog } from './observation-log.ts'

/** A process as the parts see that carry its calls. */
export interface SimulatedHost extends Owner {
  /** Name of this start of the process: `p1/2` is the second one of the first process. */
  readonly name: string
  wallClock(): Instant
  /** Nothing of it runs for a while. */
  stall(wait: Duration): void
  /** Ends it at once: of its memory nothing is left, and none of its calls has an answer. */
  crash(): void
}

/** Time, chance and the record of one run. */
export class SimulatedWorld {
  readonly agenda: Agenda = new Agenda()
  readonly chance: RunChance
  readonly log: ObservationLog

  constructor(options: RunChanceOptions) {
    this.chance = new RunChance(options, () => this.agenda.now)
    this.log = new ObservationLog(() => this.agenda.now)
  }

  /** The true time: that of a store with a clock of its own. */
  get clock(): Instant {
    return START + this.agenda.now
  }
}

/** The true wall clock at the beginning of every run: 2030, later than every real instant of a machine that runs it. */
const START: Instant = Date.UTC(2030, 0, 1)

/** The answer of a call of a process that is gone: a promise of its own, since one for all would keep every caller. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}
