import type { Metrics } from '../../../../src/ports/metrics.ts'
import type { Log } from '../../../../src/ports/runtime.ts'
import type { OffsetRange, PartitionOffset } from '../driver.ts'
import { findPartition } from './group-offsets.ts'

/** Reports records that expired before they were read. The library skips them silently, and their events are lost. */
export class LostRecords {
  readonly #log: Log
  readonly #metrics: Metrics
  /** By partition: the first offset of the loss that was reported last. */
  readonly #reported = new Map<string, string>()

  constructor(log: Log, metrics: Metrics) {
    this.#log = log
    this.#metrics = metrics
  }

  /** `positions`: the next offset to read of each partition. Each loss is reported once. */
  report(positions: readonly PartitionOffset[], ranges: readonly OffsetRange[]): void {
    for (const { topic, partition, start } of ranges) {
      const from = findPartition(positions, { topic, partition })?.offset
      const name = `${topic}/${partition}`
      if (from === undefined || BigInt(from) >= BigInt(start) || this.#reported.get(name) === from) continue
      this.#reported.set(name, from)
      this.#metrics.count('records-expired')
      this.#log.write('kafka.records-expired', { topic, partition, from, before: start })
    }
  }
}
