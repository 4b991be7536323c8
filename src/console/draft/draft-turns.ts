/** Clock and timer of the host. */
export interface DraftRuntime {
  /** Milliseconds. */
  monotonic(): number
  /** Runs once after a wait of milliseconds. */
  after(wait: number, run: () => void): unknown
}

/** Milliseconds of work at a time, and of the pause after it, in which events go on. */
const SLICE = 8
const PAUSE = 2
/** The rest after a draft is so many times as long as the work: drafts take at most a quarter of the thread. */
const REST = 3
const LONGEST_REST = 1_000
/** A turn that has not paused for so long was abandoned: workerd ends the work of a request whose client has gone. */
const LEASE = 2_000
/** Milliseconds that a draft waits for its turn, and between two looks. */
const PATIENCE = 3_000
const LOOK = 20

/**
 * The turns of drafts: one at a time, in slices between events. Each request waits by its own timer, since on workerd a request must
 * not wait for another.
 */
export class DraftTurns {
  readonly #runtime: DraftRuntime
  /** No turn begins before this instant (monotonic): the end of the present one at the latest, or of the rest after it. */
  #free = 0

  constructor(runtime: DraftRuntime) {
    this.#runtime = runtime
  }

  /** Runs `work`, which calls `breathe` often. Resolves with `busy` where no turn came. */
  async run<T>(work: (breathe: () => Promise<void>) => Promise<T>): Promise<T | 'busy'> {
    if (!(await this.#take())) return 'busy'
    const begun = this.#runtime.monotonic()
    try {
      return await work(this.#breath(begun))
    } finally {
      const now = this.#runtime.monotonic()
      this.#free = now + Math.min((now - begun) * REST, LONGEST_REST)
    }
  }

  async #take(): Promise<boolean> {
    const end = this.#runtime.monotonic() + PATIENCE
    for (;;) {
      const now = this.#runtime.monotonic()
      if (now >= this.#free) {
        this.#free = now + LEASE
        return true
      }
      if (now >= end) return false
      await this.#wait(LOOK)
    }
  }

  #breath(begun: number): () => Promise<void> {
    let slice = begun
    return async () => {
      const now = this.#runtime.monotonic()
      if (now - slice < SLICE) return
      this.#free = now + LEASE
      await this.#wait(PAUSE)
      slice = this.#runtime.monotonic()
    }
  }

  #wait(wait: number): Promise<void> {
    return new Promise((resolve) => void this.#runtime.after(wait, resolve))
  }
}
