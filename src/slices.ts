/** Options of `Slices`. */
export interface SlicesOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Resolves after `ms`. */
  readonly wait: (ms: number) => Promise<unknown>
}

/** One part of a long query. It returns as soon as `isOver` answers true. */
export type Slice<T> = (isOver: () => boolean) => T

/** Runs one slice in its turn, and resolves with its result. */
export type RunSlice = <T>(slice: Slice<T>) => Promise<T>

/** Milliseconds that a slice may take, and that slices may take together before the next one waits. */
const BUDGET = 4
/** Longest pause in ms: on a busy machine a slice lasts longer than it works. */
const PAUSE = 8

/**
 * Time slicing for long queries of a store inside the process, which run on the thread of events. One slice of all queries runs
 * at a time; then nothing runs for as long as the slices took, at most PAUSE.
 */
export class Slices {
  readonly #options: SlicesOptions
  #last: Promise<unknown> = Promise.resolve()
  #spent = 0
  #ended = 0

  constructor(options: SlicesOptions) {
    this.#options = options
  }

  /** Runs a slice in its turn. */
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

  /** Short queries that come one by one never wait. */
  async #rest(): Promise<void> {
    const { now, wait } = this.#options
    const idle = now() - this.#ended
    const left = this.#spent - idle
    if (left > 0 && this.#spent < BUDGET) return
    this.#spent = 0
    if (left > 0) await wait(Math.min(PAUSE, left))
  }
}
