import type { Position } from './driver.ts'
import { failure } from './failure.ts'
import type { Marks } from './marks.ts'

/** How often the brokers are asked at start what the group has committed. */
const TRIES = 40

/** Where a group stands when a source begins to read for it. */
export class Beginning {
  readonly #marks: Marks
  readonly #pause: () => Promise<void>

  /** `pause`: until the brokers are asked again. */
  constructor(marks: Marks, pause: () => Promise<void>) {
    this.#marks = marks
    this.#pause = pause
  }

  async hasBegun(): Promise<boolean> {
    const committed = await this.#insist(() => this.#marks.committed())
    return committed.some(({ offset }) => BigInt(offset) > 0n)
  }

  /** What comes from now on, where the group has committed nothing at all (C2.5a). */
  async ends(): Promise<readonly Position[]> {
    const committed = await this.#insist(() => this.#marks.committed())
    return committed.length > 0 ? [] : this.#insist(() => this.#marks.ends())
  }

  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await ask()
      } catch (thrown) {
        // A broker that has just started refuses questions about groups until it has loaded them.
        if (!failure('ask', thrown).retryable || tries === TRIES) throw thrown
        await this.#pause()
      }
    }
  }
}
