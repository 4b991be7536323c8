import type { Saga } from '../../engine/saga.ts'
import type { Change, Step } from '../../engine/change.ts'
import { reasonOf } from '../../errors.ts'
import type { Cancel, Log } from '../../ports/runtime.ts'

/**
 * Called with each step that this process has saved, and the head after it; both are immutable. It runs inside the saga's turn:
 * it must return at once, and put slow work off.
 */
export type StepListener = (step: Step, saga: Saga) => void

/** Called with each write of this process that makes no step, and the head after it: as a `StepListener` is. */
export type AmendListener = (change: Change, saga: Saga) => void

/**
 * Steps of this process as they become durable, in the order of their saga; for watchers, metrics and traces. At most once: a
 * step of another process, and one whose save ended with an unknown fate (P6), are not in it. Writes without a step are a feed of
 * their own. Costs nothing without listeners.
 */
export class StepFeed {
  readonly #log: Pick<Log, 'write'>
  readonly #listeners = new Map<StepListener, Listening>()
  readonly #amendListeners = new Map<AmendListener, Listening>()

  constructor(log: Pick<Log, 'write'>) {
    this.#log = log
  }

  /** From now on; ends with the returned function. A listener that throws is logged once and goes on listening. */
  listen(listener: StepListener): Cancel {
    this.#listeners.set(listener, { hasFailed: false })
    return () => void this.#listeners.delete(listener)
  }

  /** The same for writes without a step, such as settlements, dead letters and holds. */
  listenToAmends(listener: AmendListener): Cancel {
    this.#amendListeners.set(listener, { hasFailed: false })
    return () => void this.#amendListeners.delete(listener)
  }

  publish(step: Step, saga: Saga): void {
    if (this.#listeners.size === 0) return
    for (const [listener, record] of this.#listeners) this.#tell(() => listener(step, saga), { record, saga })
  }

  publishAmend(change: Change, saga: Saga): void {
    if (this.#amendListeners.size === 0) return
    for (const [listener, record] of this.#amendListeners) this.#tell(() => listener(change, saga), { record, saga })
  }

  #tell(call: () => void, { record, saga }: { readonly record: Listening; readonly saga: Saga }): void {
    try {
      call()
    } catch (thrown) {
      if (!record.hasFailed) this.#log.write('feed.listener-failed', { saga: saga.id, why: reasonOf(thrown) })
      record.hasFailed = true
    }
  }
}

/** A listener is logged once. */
interface Listening {
  hasFailed: boolean
}
