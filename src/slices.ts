export interface SlicesOptions {
  /** Milliseconds of a clock that is never set. */
  readonly now: () => number
  /** Resolves so many milliseconds later. */
  readonly wait: (ms: number) => Promise<unknown>
}

/** Work on a part of something large; to be left as soon as `isOver`. */
export type Slice<T> = (isOver: () => boolean) => T

export type RunSlice = <T>(slice: Slice<T>) => Promise<T>

/** Milliseconds that one slice may take, and that slices may take together before the next one waits. */
const BUDGET = 4
/** Longest pause: on a busy machine a slice takes longer than it works. */
const PAUSE = 8

/**
 * Long looks at a store that lives in this process, on the thread of events: slice by slice, one of all looks at a time, and
 * then nothing for as long as the slices took, within bounds.
 */
export class Slices {
  readonly #options: SlicesOptions
  #last: Promise<unknown> = Promise.resolve()
  #spent = 0
  #ended = 0

  constructor(options: SlicesOptions) {
    this.#options = options
  }

  /** Runs a slice when it is its turn. */
  async run<T>(slice: Slice<T>): Promise<T> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    try {
      await this.#rest()
      return this.#timed(slice)
    } finally {
      resolve()
    }
  }

  #timed<T>(slice: Slice<T>): T {
    const { now } = this.#options
    const begun = now()
    try {
      return slice(() => now() - begun >= BUDGET)
    } finally {
      this.#ended = now()
      this.#spent += this.#ended - begun
    }
  }

  /** Short looks that come one by one never wait. */
  async #rest(): Promise<void> {
    const { now, wait } = this.#options
    const idle = now() - this.#ended
    const left = this.#spent - idle
    if (left > 0 && this.#spent < BUDGET) return
    this.#spent = 0
    if (left > 0) await wait(Math.min(PAUSE, left))
  }
}
