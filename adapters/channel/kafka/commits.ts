import { messageOf } from '../../../src/errors.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Position } from './driver.ts'
import { isRebalance } from './failure.ts'

/** The wait before a commit that failed is tried again. */
const AGAIN = 1_000

/** Commits how far the partitions are: one request at a time, and the next one carries all that came meanwhile. */
export class Commits {
  readonly #commit: (positions: readonly Position[]) => Promise<void>
  readonly #runtime: Runtime
  readonly #dirty = new Map<string, Position>()
  #running: Promise<void> | undefined

  constructor(commit: (positions: readonly Position[]) => Promise<void>, runtime: Runtime) {
    this.#commit = commit
    this.#runtime = runtime
  }

  add(position: Position): void {
    this.#dirty.set(`${position.topic}/${position.partition}`, position)
    void this.flush()
  }

  /** Resolves when everything is committed, or cannot be now: then it is read again some day, and found to be done. */
  flush(): Promise<void> {
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** What belongs to a generation that has ended. */
  clear(): void {
    this.#dirty.clear()
  }

  async #run(): Promise<void> {
    while (this.#dirty.size > 0) {
      const positions = [...this.#dirty.values()]
      this.#dirty.clear()
      try {
        await this.#commit(positions)
      } catch (thrown) {
        if (!isRebalance(thrown)) this.#later(positions, thrown)
        return
      }
    }
  }

  #later(positions: readonly Position[], thrown: unknown): void {
    this.#runtime.log.warn('offsets were not committed; they will be', { why: messageOf(thrown) })
    this.#runtime.after(AGAIN, () => {
      for (const position of positions) {
        const name = `${position.topic}/${position.partition}`
        if (!this.#dirty.has(name)) this.#dirty.set(name, position)
      }
      void this.flush()
    })
  }
}
