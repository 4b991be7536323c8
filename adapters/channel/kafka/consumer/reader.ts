import type { Batch } from './driver.ts'
import type { Place } from './places.ts'
import { Reading } from './reading.ts'
import type { Read, ReaderOptions } from './reading.ts'

/** How a batch ended, and what the group said where it did not want to go on. */
export interface Ended extends Read {
  readonly interrupted: unknown
}

/** How often the library is reminded of heartbeats at least, however long the session is. */
const BEAT = 1_000

/** Reads batches; heartbeats go out meanwhile, however slow the store is. */
export class Reader {
  readonly #options: ReaderOptions

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /**
   * Reads until all is settled, or nobody wants it any more: then what is in flight ends, and nothing new begins.
   * `isOpen`: whether anything may be taken in just now.
   */
  async read(batch: Batch, place: Place, isWanted: () => boolean, isOpen: () => boolean): Promise<Ended> {
    const { runtime, sessionTimeout } = this.#options
    let interrupted: unknown
    const isOn = () => interrupted === undefined && batch.isCurrent() && isWanted()
    const beat = () => void batch.heartbeat().catch((thrown: unknown) => (interrupted ??= thrown))
    const cancel = runtime.every(Math.max(1, Math.min(BEAT, Math.floor(sessionTimeout / 10))), beat)
    try {
      const read = await new Reading({ ...this.#options, batch, place, isOn, isOpen }).all()
      return { ...read, interrupted }
    } finally {
      cancel()
    }
  }
}
