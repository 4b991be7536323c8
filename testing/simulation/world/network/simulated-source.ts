import type { Health } from '../../../../src/ports/health.ts'
import type { Intake, Source } from '../../../../src/ports/source.ts'
import type { Dice } from '../run-chance.ts'
import type { SimulatedHost, SimulatedWorld } from '../simulated-world.ts'
import type { BrokerPartition, BrokerMember, SimulatedBroker } from './simulated-broker.ts'
import { SourceReading } from './source-reading.ts'

/** Options of `SimulatedSource`. */
export interface SimulatedSourceOptions {
  readonly host: SimulatedHost
  readonly broker: SimulatedBroker
  readonly hasDeadLetters: boolean
  /** A number of its own for each request of the run. */
  readonly number: () => number
}

/** Wait for a fetch. */
const FETCH = { least: 0, most: 50 }
/** Time in which a member may not notice that its partitions are another's. */
const ZOMBIE = { least: 1_000, most: 30_000 }
const LEAVE = 5_000
/** Interval at which the end of the topics is looked for. */
const CAUGHT_UP = 500

/** The consumer of one process: it hands events in, and acknowledges what is settled (I1). */
export class SimulatedSource implements Source, BrokerMember {
  readonly id = 'events'
  readonly host: SimulatedHost
  assignments = 0
  readonly #world: SimulatedWorld
  readonly #options: SimulatedSourceOptions
  readonly #dice: Dice
  readonly #closed = Promise.withResolvers<void>()
  #intake: Intake | undefined
  #readings: readonly SourceReading[] = []
  #isLeaving = false

  constructor(world: SimulatedWorld, options: SimulatedSourceOptions) {
    this.#world = world
    this.#options = options
    this.host = options.host
    this.#dice = world.chance.stream(`${options.host.name} source`)
  }

  async hasBegun(): Promise<boolean> {
    return true
  }

  run(intake: Intake): Promise<void> {
    this.#intake = intake
    this.#options.broker.join(this)
    return this.#closed.promise
  }

  alive(): Health {
    return { ok: true }
  }

  async probe(): Promise<Health> {
    return { ok: true }
  }

  /** Resolves when all that the topics hold now is acknowledged, by any process. */
  caughtUp(isWanted: () => boolean): Promise<void> {
    const { agenda } = this.#world
    const ends = this.#options.broker.partitions.map((partition) => ({ partition, end: partition.records.length }))
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isWanted() || ends.every(({ partition, end }) => partition.committed >= end)) resolve()
        else agenda.after(CAUGHT_UP, look, this.host)
      }
      look()
    })
  }

  async close(): Promise<void> {
    this.#isLeaving = true
    const { agenda } = this.#world
    await new Promise<void>((resolve) => agenda.after(this.#dice.wait(0, LEAVE), resolve, this.host))
    for (const reading of this.#readings) reading.end()
    this.#options.broker.leave(this)
    this.#closed.resolve()
  }

  assigned(partitions: readonly BrokerPartition[], generation: number): void {
    const { agenda } = this.#world
    const before = this.#readings
    const end = () => before.forEach((reading) => reading.end())
    if (before.length > 0 && this.#dice.fault('zombie'))
      agenda.after(this.#dice.wait(ZOMBIE.least, ZOMBIE.most), end, this.host)
    else end()
    this.assignments++
    this.#readings = partitions.map((partition) => this.#reading(partition, generation))
    this.wake()
  }

  wake(): void {
    if (this.#isLeaving) return
    const fetch = () => this.#readings.forEach((reading) => reading.fetch())
    this.#world.agenda.after(this.#dice.wait(FETCH.least, FETCH.most), fetch, this.host)
  }

  #reading(partition: BrokerPartition, generation: number): SourceReading {
    const { broker, hasDeadLetters, number } = this.#options
    const [world, host, dice] = [this.#world, this.host, this.#dice]
    const intake = this.#intake as Intake
    return new SourceReading({ world, host, dice, intake, broker, partition, generation, hasDeadLetters, number })
  }
}
