import type { SimulatedParticipants } from '../network/simulated-participants.ts'
import type { Dice } from '../run-chance.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import type { StoreSite } from '../stores/store-line.ts'

/** Options of `Weather`. */
export interface WeatherOptions {
  readonly site: StoreSite
  readonly participants: SimulatedParticipants
  readonly channels: readonly string[]
}

/** Interval of changes, and the length of an outage. */
const CHANGE = 2_000
const OUTAGE = { least: 500, most: 30_000 }

/** Faults that meet every process at once: the store or the participants of a channel are away. */
export class Weather {
  readonly #world: SimulatedWorld
  readonly #options: WeatherOptions
  readonly #dice: Dice

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
  }

  #change(): void {
    const { site, participants, channels } = this.#options
    const [dice, now] = [this.#dice, this.#world.agenda.now]
    if (dice.fault('store-away')) site.awayUntil = now + dice.wait(OUTAGE.least, OUTAGE.most)
    if (dice.fault('participant-away'))
      participants.leave(dice.among(channels), now + dice.wait(OUTAGE.least, OUTAGE.most))
  }
}
