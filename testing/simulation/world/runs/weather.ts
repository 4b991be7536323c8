import type { Duration } from '../../../../src/engine/saga.ts'
import type { SimulatedParticipants } from '../network/simulated-participants.ts'
import type { ServiceProcess, SimulatedService } from '../processes/service.ts'
import type { Dice } from '../run-chance.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import type { StoreSite } from '../stores/store-line.ts'

/** Options of `Weather`. */
export interface WeatherOptions {
  readonly site: StoreSite
  readonly participants: SimulatedParticipants
  readonly channels: readonly string[]
  readonly service: Pick<SimulatedService, 'running'>
}

/** Interval of changes, and the length of an outage. */
const CHANGE = 2_000
const OUTAGE = { least: 500, most: 30_000 }

/** What meets every process at once: the store or the participants of a channel are away, or operators pause a channel. */
export class Weather {
  readonly #world: SimulatedWorld
  readonly #options: WeatherOptions
  readonly #dice: Dice
  #pauses: { readonly process: ServiceProcess; readonly channel: string }[] = []

  constructor(world: SimulatedWorld, options: WeatherOptions) {
    this.#world = world
    this.#options = options
    this.#dice = world.chance.stream('weather')
  }

  start(): void {
    this.#world.agenda.every(CHANGE, () => this.#change())
  }

  /** All of them are back. */
  clear(): void {
    const { site, participants } = this.#options
    site.awayUntil = 0
    participants.comeBack()
    for (const { process, channel } of this.#pauses.splice(0))
      if (!process.host.isGone) process.orchestrator.resume(channel)
  }

  #change(): void {
    const { site, participants, channels } = this.#options
    const [dice, now] = [this.#dice, this.#world.agenda.now]
    if (dice.fault('store-away')) site.awayUntil = now + dice.wait(OUTAGE.least, OUTAGE.most)
    if (dice.fault('participant-away'))
      participants.leave(dice.among(channels), now + dice.wait(OUTAGE.least, OUTAGE.most))
    if (dice.fault('channel-paused')) this.#pause(dice.among(channels), dice.wait(OUTAGE.least, OUTAGE.most))
  }

  /** In the processes that run now: one that starts meanwhile does not know of it, as where records are away. */
  #pause(channel: string, length: Duration): void {
    for (const process of this.#options.service.running()) {
      process.orchestrator.pause(channel)
      this.#pauses.push({ process, channel })
      this.#world.agenda.after(length, () => process.orchestrator.resume(channel), process.host)
    }
  }
}
