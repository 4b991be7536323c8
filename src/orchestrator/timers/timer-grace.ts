import type { Duration, Instant } from '../../engine/saga.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import type { Source } from '../../ports/source.ts'

/** Options of `TimerGrace`. */
export interface TimerGraceOptions {
  readonly sources: readonly Pick<Source, 'assignments' | 'caughtUp'>[]
  /** Longest wait for the sources, `settings.timers.grace`. */
  readonly grace: Duration
  readonly runtime: Pick<Runtime, 'after'>
  /** Called at the end of a wait with the earliest place that was held back. */
  readonly onOver: (due: Instant) => void
}

/**
 * After trouble the events of timers wait until the sources have handed in everything that their topics held then, or until the
 * grace is over: an answer that is already in a topic comes before the deadline that it has missed through no fault of its
 * participant (P18). Trouble is a start, an assignment of partitions, an outage of the store, or a wall clock that was set.
 */
export class TimerGrace {
  readonly #options: TimerGraceOptions
  /** Number of troubles so far: the end of an earlier wait ends no later one. */
  #troubles = 0
  #isWaiting = false
  #assignments = 0
  #heldBack: Instant | undefined
  #cancel: Cancel | undefined

  constructor(options: TimerGraceOptions) {
    this.#options = options
  }

  /** Trouble: the wait begins, or begins anew. */
  begin(): void {
    const { sources, grace, runtime } = this.#options
    if (sources.length === 0 || grace === 0) return
    const trouble = ++this.#troubles
    this.#isWaiting = true
    const isWanted = () => this.#isWaiting && trouble === this.#troubles
    const over = () => {
      if (isWanted()) this.#end()
    }
    this.#cancel?.()
    this.#cancel = runtime.after(grace, over)
    void Promise.all(sources.map((source) => source.caughtUp(isWanted))).then(over)
  }

  /**
   * True where the event of a saga has to wait; the sweep then hears of it at the end of the wait. `due`: the saga's place in the
   * store's order, which may lie before its deadline, since a command or a mark of the store may be due earlier.
   */
  holdsBack(due: Instant): boolean {
    this.#noticeAssignments()
    if (!this.#isWaiting) return false
    this.#heldBack = Math.min(this.#heldBack ?? due, due)
    return true
  }

  /** No further wait ends: the process does. */
  stop(): void {
    this.#isWaiting = false
    this.#cancel?.()
  }

  #noticeAssignments(): void {
    let assignments = 0
    for (const source of this.#options.sources) assignments += source.assignments
    if (assignments === this.#assignments) return
    this.#assignments = assignments
    this.begin()
  }

  #end(): void {
    const due = this.#heldBack
    this.#isWaiting = false
    this.#heldBack = undefined
    this.#cancel?.()
    if (due !== undefined) this.#options.onOver(due)
  }
}
