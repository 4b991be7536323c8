import type { Stuck } from '../../../../src/ports/source.ts'
import type { PartitionProgress } from './progress.ts'

/** Partitions of this generation whose next event is stuck, until it is settled. */
export class StuckEvents {
  readonly #reasons = new Map<PartitionProgress, Stuck>()

  add(progress: PartitionProgress, stuck: Stuck): void {
    this.#reasons.set(progress, stuck)
  }

  /** A generation begins: other members may have them now. */
  clear(): void {
    this.#reasons.clear()
  }

  /** A sentence on the first stuck event that `matches`. */
  reason(matches: (stuck: Stuck) => boolean): string | undefined {
    for (const [progress, stuck] of this.#reasons) {
      if (!progress.isStuck) this.#reasons.delete(progress)
      else if (matches(stuck)) {
        const { topic, partition, nextOffset } = progress
        return `the event ${topic}/${partition}/${nextOffset} cannot be written: ${stuck.why}`
      }
    }
    return undefined
  }
}
