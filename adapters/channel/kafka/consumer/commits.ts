import type { Duration } from '../../../src/engine/saga.ts'
import { reasonOf } from '../../../src/errors.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Position } from './driver.ts'
import { isRebalance } from './failure.ts'
import { within } from './within.ts'

/** The wait before a commit that failed is tried again. */
const AGAIN: Duration = 1_000
/** Longest that one request may take, the library's own tries included: others wait for it. */
const REQUEST: Duration = 20_000

/** Commits how far the partitions are: one request at a time, and the next one carries all that came meanwhile. */
export class Commits {
  readonly #commit: (positions: readonly Position[]) => Promise<void>
  readonly #runtime: Runtime
  readonly #dirty = new Map<string, Position>()
  /** Of this generation: what a second try commits, so that it never goes back. */
  readonly #latest = new Map<string, Position>()
  #running: Promise<void> | undefined
  /** That they fail is said, once. */
  #isTold = false

  constructor(commit: (positions: readonly Position[]) => Promise<void>, runtime: Runtime) {
    this.#commit = commit
    this.#runtime = runtime
  }

  add(position: Position): void {
    const name = `${position.topic}/${position.partition}`
    this.#latest.set(name, position)
    this.#dirty.set(name, position)
    void this.flush()
  }

  /** Resolves when everything is committed, or cannot be now: then it is read again some day, and found to be done. */
  flush(): Promise<void> {
    if (this.#dirty.size === 0) return this.#running ?? DONE
    this.#running ??= this.#run()
    return this.#running
  }

  /** Forgets what belongs to a generation, or a membership, that has ended. */
  clear(): void {
    this.#dirty.clear()
    this.#latest.clear()
  }

  async #run(): Promise<void> {
    try {
      while (this.#dirty.size > 0) {
        const positions = [...this.#dirty.values()]
        this.#dirty.clear()
        await within(this.#runtime, REQUEST, 'commit offsets', this.#commit(positions))
        this.#isTold = false
      }
    } catch (thrown) {
      this.#later(thrown)
    } finally {
      this.#running = undefined // in the same moment as the look: what is added after it begins anew
    }
  }

  /**
   * A rebalance says of what was sent before it nothing that matters, and of what was added since nothing at all: if that belongs
   * to the new generation, no other event may come by to carry it.
   */
  #later(thrown: unknown): void {
    if (!isRebalance(thrown)) {
      const level = this.#isTold ? 'debug' : 'warn'
      this.#isTold = true
      this.#runtime.log[level]('offsets were not committed; they will be', { why: reasonOf(thrown) })
    }
    for (const [name, position] of this.#latest) this.#dirty.set(name, position)
    this.#runtime.after(AGAIN, () => void this.flush())
  }
}

const DONE = Promise.resolve()
