/** Milliseconds in which the rate grows to its height, so that a burst of connections is not what is measured. */
const GROWTH = 1_000

/** Instants of an open load, in milliseconds since its begin. They depend on no answer. */
export class FloodSchedule {
  readonly #perMillisecond: number
  readonly #grown: number
  #count = 0

  /** `rate`: arrivals a second. */
  constructor(rate: number) {
    this.#perMillisecond = rate / 1_000
    this.#grown = (this.#perMillisecond * GROWTH) / 2
  }

  /** The instant of the next arrival. */
  get next(): number {
    const count = this.#count + 1
    if (count <= this.#grown) return Math.sqrt((2 * GROWTH * count) / this.#perMillisecond)
    return count / this.#perMillisecond + GROWTH / 2
  }

  /** The next arrival has come. */
  arrived(): void {
    this.#count++
  }
}
