import { DEFAULTS } from '../../defaults.ts'
import type { Duration, Saga, SagaId } from '../../engine/saga.ts'
import type { Step } from '../../engine/change.ts'
import { isUnreadableSaga } from '../../errors.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import type { EndRequest } from '../corridor.ts'
import type { Ledger } from './ledger.ts'
import type { StepFeed } from './step-feed.ts'

/** The parts of `EndWaits`. */
export interface EndWaitsOptions {
  readonly feed: StepFeed
  readonly ledger: Pick<Ledger, 'recall' | 'read'>
  readonly runtime: Pick<Runtime, 'after' | 'random'>
  /** Other processes may move the same sagas: then the store is asked too. */
  readonly shared: boolean
}

/** Ends one wait; true where the saga cannot be waited for any longer. */
type EndWait = (isOver: boolean) => void

/** A saga whose end is waited for. */
interface AwaitedSaga {
  readonly id: SagaId
  readonly waits: Set<EndWait>
  /** Time to the next look at the store. */
  pause: Duration
  cancelLook: Cancel
}

/**
 * Waits for the end of sagas (C7). A step of this process ends them at once. Where other processes move sagas too, the head is read
 * at growing intervals, once for all waits of a saga. Without waits there is no listener and no timer.
 */
export class EndWaits {
  readonly #options: EndWaitsOptions
  readonly #sagas = new Map<SagaId, AwaitedSaga>()
  #unlisten: Cancel | undefined
  #reads = 0
  #isClosed = false

  constructor(options: EndWaitsOptions) {
    this.#options = options
  }

  /** Resolves with true once the saga is final, unknown or unreadable, or after `close`; with false after `within`, or when `gone`. */
  wait({ id, within }: EndRequest, gone?: AbortSignal): Promise<boolean> {
    if (this.#isClosed || gone?.aborted === true) return Promise.resolve(this.#isClosed)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const known = this.#sagas.get(id)
    const awaited = known ?? this.#begin(id)
    const onGone = (): void => end(false)
    const cancel = this.#options.runtime.after(within, onGone)
    const end: EndWait = (isOver) => {
      cancel()
      gone?.removeEventListener('abort', onGone)
      awaited.waits.delete(end)
      if (awaited.waits.size === 0) this.#forget(awaited)
      resolve(isOver)
    }
    gone?.addEventListener('abort', onGone, { once: true })
    awaited.waits.add(end)
    // After the wait is there: a look that has to come later is put off for waits alone.
    if (known === undefined) void this.#look(awaited)
    return promise
  }

  /** Ends every wait, and each later one at once. */
  close(): void {
    this.#isClosed = true
    for (const awaited of this.#sagas.values()) end(awaited)
  }

  #begin(id: SagaId): AwaitedSaga {
    const awaited = { id, waits: new Set<EndWait>(), pause: DEFAULTS.endLookFirst, cancelLook: () => undefined }
    this.#sagas.set(id, awaited)
    // Before the first look, so that no end between the two is missed.
    this.#unlisten ??= this.#options.feed.listen(this.#onStep)
    return awaited
  }

  #forget(awaited: AwaitedSaga): void {
    awaited.cancelLook()
    if (this.#sagas.get(awaited.id) === awaited) this.#sagas.delete(awaited.id)
    if (this.#sagas.size > 0) return
    this.#unlisten?.()
    this.#unlisten = undefined
  }

  readonly #onStep = (_: Step, { id, isFinal }: Saga): void => {
    const awaited = isFinal ? this.#sagas.get(id) : undefined
    if (awaited !== undefined) end(awaited)
  }

  /** Reads are bounded, so that many waits leave the store to events. */
  async #look(awaited: AwaitedSaga): Promise<void> {
    if (this.#reads >= DEFAULTS.endLooksAtOnce) return this.#lookLater(awaited)
    this.#reads++
    const state = await this.#stateOf(awaited.id).finally(() => this.#reads--)
    if (state === 'over') return end(awaited)
    if (state === 'unknown' || this.#options.shared) this.#lookLater(awaited)
  }

  /** `unknown`: the store did not answer. */
  async #stateOf(id: SagaId): Promise<'open' | 'over' | 'unknown'> {
    const { ledger, shared } = this.#options
    try {
      const loaded = (shared ? undefined : ledger.recall(id)) ?? (await ledger.read(id))
      return loaded?.saga.isFinal === false ? 'open' : 'over'
    } catch (thrown) {
      return isUnreadableSaga(thrown) ? 'over' : 'unknown'
    }
  }

  #lookLater(awaited: AwaitedSaga): void {
    if (awaited.waits.size === 0) return
    const { runtime } = this.#options
    const wait = awaited.pause / 2 + (runtime.random() * awaited.pause) / 2
    awaited.pause = Math.min(DEFAULTS.endLookLongest, awaited.pause * 2)
    awaited.cancelLook = runtime.after(wait, () => void this.#look(awaited))
  }
}

function end({ waits }: AwaitedSaga): void {
  for (const wait of waits) wait(true)
}
