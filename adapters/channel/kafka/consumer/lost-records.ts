import type { Metrics } from '../../../src/ports/metrics.ts'
import type { Log } from '../../../src/ports/runtime.ts'
import type { Ends, Position } from './driver.ts'
import { findIn } from './marks.ts'

/**
 * Says that records have expired before they were read. Nobody can bring them back, and the library goes on behind them without
 * a word; whoever runs the service must know that events are lost.
 */
export class Expiry {
  readonly #log: Log
  readonly #metrics: Metrics
  /** By partition: the offset from which on it was told. */
  readonly #told = new Map<string, string>()

  constructor(log: Log, metrics: Metrics) {
    this.#log = log
    this.#metrics = metrics
  }

  /** `positions`: what would have been read next. Each loss is told once. */
  look(positions: readonly Position[], ends: readonly Ends[]): void {
    for (const { topic, partition, begin } of ends) {
      const from = findIn(positions, { topic, partition })?.offset
      const name = `${topic}/${partition}`
      if (from === undefined || BigInt(from) >= BigInt(begin) || this.#told.get(name) === from) continue
      this.#told.set(name, from)
      this.#metrics.count('records-expired')
      this.#log.error('records have expired before they were read: their events are lost', {
        topic,
        partition,
        from,
        before: begin,
      })
    }
  }
}
