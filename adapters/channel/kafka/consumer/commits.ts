import type { Duration } from '../../../../src/engine/saga.ts'
import { reasonOf } from '../../../../src/errors.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { CommitOutcome, PartitionOffset } from '../driver.ts'
import { withTimeout } from '../timing.ts'

/** The wait before a failed commit is tried again. */
const RETRY_WAIT: Duration = 1_000
/** Longest time of one request, with the library's own retries: others wait for it. */
const TIMEOUT: Duration = 20_000
/** Time of rebalances, in which nothing can be committed, that is logged. An ordinary one takes seconds, the longest a minute. */
const LASTING: Duration = 90_000

/** Commits offsets in the background: one request at a time, the next one with all that was added meanwhile. */
export class Commits {
  readonly #commit: (positions: readonly PartitionOffset[]) => Promise<CommitOutcome>
  readonly #runtime: Runtime
  readonly #uncommitted = new Map<string, PartitionOffset>()
  /** The latest offset of each partition in this generation: a retry never goes back behind it. */
  readonly #latest = new Map<string, PartitionOffset>()
  #running: Promise<void> | undefined
  /** True during an outage of commits: it is logged once. */
  #isFailing = false
  /** Monotonic instants of the first and the last answer of rebalances that nothing was committed between. */
  #rebalancing: { readonly since: number; readonly last: number } | undefined

  constructor(commit: (positions: readonly PartitionOffset[]) => Promise<CommitOutcome>, runtime: Runtime) {
    this.#commit = commit
    this.#runtime = runtime
  }

  add(position: PartitionOffset): void {
    const name = `${position.topic}/${position.partition}`
    this.#latest.set(name, position)
    this.#uncommitted.set(name, position)
    void this.flush()
  }

  /** Resolves when everything is committed or a commit has failed: what is not committed is read again, and is a duplicate then. */
  flush(): Promise<void> {
    if (this.#uncommitted.size === 0) return this.#running ?? DONE
    this.#running ??= this.#run()
    return this.#running
  }

  /** Forgets the offsets of a generation, or a membership, that has ended. */
  clear(): void {
    this.#uncommitted.clear()
    this.#latest.clear()
  }

  async #run(): Promise<void> {
    try {
      while (this.#uncommitted.size > 0) {
        const positions = [...this.#uncommitted.values()]
        this.#uncommitted.clear()
        const outcome = await withTimeout(this.#runtime, this.#commit(positions), {
          ms: TIMEOUT,
          action: 'commit offsets',
        })
        if (outcome === 'rebalancing') return this.#refused()
        this.#isFailing = false
        this.#rebalancing = undefined
      }
    } catch (thrown) {
      this.#report(reasonOf(thrown))
      this.#retryLater()
    } finally {
      this.#running = undefined // in the same tick as the check of the size: a later `add` starts a new run
    }
  }

  #refused(): void {
    const now = this.#runtime.monotonic()
    const { since, last } = this.#rebalancing ?? { since: now, last: now }
    // After a pause without a commit, the rebalances are others.
    this.#rebalancing = { since: now - last > LASTING / 3 ? now : since, last: now }
    const lasted = now - this.#rebalancing.since
    if (lasted > LASTING && !this.#isFailing)
      this.#report(`the group divides its partitions anew, for ${Math.round(lasted / 1_000)} s by now`)
    this.#retryLater()
  }

  /**
   * Retries the latest offsets of the present generation. After a rebalance too: an offset that was added since may belong to the
   * new generation, and no other event may come to carry it.
   */
  #retryLater(): void {
    for (const [name, position] of this.#latest) this.#uncommitted.set(name, position)
    this.#runtime.after(RETRY_WAIT, () => void this.flush())
  }

  #report(why: string): void {
    const level = this.#isFailing ? 'debug' : undefined
    this.#isFailing = true
    this.#runtime.log.write('kafka.not-committed', { why }, level)
  }
}

const DONE = Promise.resolve()
