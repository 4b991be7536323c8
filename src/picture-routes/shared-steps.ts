import type { Steps } from '../drawing/steps.ts'
import type { PictureRuntime } from './drawn-service.ts'

/** Milliseconds of work at a time, and of the pause after it, in which events go on. */
const SLICE = 8
const PAUSE = 2

/**
 * A computation that all requests for its result drive together, a slice at a time: it never holds the thread of events for long, and
 * goes on where the client of one request has gone. Neither a result nor a failure is computed again.
 */
export class SharedSteps<T> {
  readonly #begin: () => Steps<T>
  #steps: Steps<T> | undefined
  #outcome: { readonly value: T } | { readonly thrown: unknown } | undefined
  /** No slice before this instant (monotonic). */
  #next = 0

  constructor(begin: () => Steps<T>) {
    this.#begin = begin
  }

  async result(runtime: PictureRuntime): Promise<T> {
    for (;;) {
      if (this.#outcome === undefined && runtime.monotonic() >= this.#next) this.#run(runtime)
      const outcome = this.#outcome
      if (outcome === undefined) await new Promise<void>((resolve) => void runtime.after(PAUSE, resolve))
      else if ('thrown' in outcome) throw outcome.thrown
      else return outcome.value
    }
  }

  #run(runtime: PictureRuntime): void {
    const end = runtime.monotonic() + SLICE
    try {
      this.#steps ??= this.#begin()
      do {
        const step = this.#steps.next()
        if (step.done === true) this.#outcome = { value: step.value }
      } while (this.#outcome === undefined && runtime.monotonic() < end)
    } catch (thrown) {
      this.#outcome = { thrown }
    }
    if (this.#outcome !== undefined) this.#steps = undefined
    this.#next = runtime.monotonic() + PAUSE
  }
}
