import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { Assignment, OffsetRange } from '../driver.ts'
import { nameOf } from './progress.ts'
import type { ConsumerProgress, PartitionProgress } from './progress.ts'

/**
 * Time without a settled record, though records wait, that counts as a stall. It is longer for one partition while others go on:
 * the library asks a broker again only after all batches of its last answer.
 */
const STALL = { all: 30_000, one: 300_000 }

/** A partition whose records wait although nothing holds them back. */
export interface Stall {
  readonly progress: PartitionProgress
  /** True where one generation has lasted all the time: the library has stopped reading. False where joins have interrupted it. */
  readonly isOfOneGeneration: boolean
}

/** Finds stalls. A join begins the time anew, but not the longer one: joins that come again and again must not hide a partition. */
export class Stalls {
  readonly #progress: ConsumerProgress
  readonly #runtime: Pick<Runtime, 'monotonic'>
  /** By partition of this process: monotonic instant of the last settled record, or of the last good reason why none was. */
  #provenAt = new Map<string, number>()

  constructor(progress: ConsumerProgress, runtime: Pick<Runtime, 'monotonic'>) {
    this.#progress = progress
    this.#runtime = runtime
  }

  /** A generation begins. Called before its progress may be forgotten. */
  joined(assignment: Assignment): void {
    const now = this.#runtime.monotonic()
    const before = this.#provenAt
    const names = [...assignment].flatMap(([topic, list]) => list.map((partition) => ({ topic, partition })))
    this.#provenAt = new Map(
      names.map(({ topic, partition }) => {
        const name = nameOf(topic, partition)
        const known = before.get(name)
        return [name, known === undefined ? now : Math.max(known, this.#progress.of(topic, partition).settledAt)]
      }),
    )
  }

  /** Standing still at this instant is no fault of the consumer, in no partition. */
  excuseAll(): void {
    for (const one of this.#progress.all()) this.excuse(one)
  }

  excuse(progress: PartitionProgress): void {
    const now = this.#runtime.monotonic()
    progress.excuse(now)
    const name = nameOf(progress.topic, progress.partition)
    if (this.#provenAt.has(name)) this.#provenAt.set(name, now)
  }

  /** The first stall in these partitions, whose records wait. `joinedAt`: monotonic instant of the newest join. */
  find(waiting: readonly PartitionProgress[], joinedAt: number): Stall | undefined {
    const now = this.#runtime.monotonic()
    const limit = now - this.#progress.settledAt > STALL.all ? STALL.all : STALL.one
    for (const progress of waiting) {
      if (now - Math.max(progress.excusedAt, joinedAt) > limit) return { progress, isOfOneGeneration: true }
      if (now - this.#provenSince(progress, now) > STALL.one) {
        this.excuse(progress) // the next membership has as long again
        return { progress, isOfOneGeneration: false }
      }
    }
    return undefined
  }

  #provenSince(progress: PartitionProgress, now: number): number {
    return Math.max(this.#provenAt.get(nameOf(progress.topic, progress.partition)) ?? now, progress.settledAt)
  }
}

/** `undefined` where it is not known whether unread records are there. Expired ones do not count. */
export function isBehind({ nextOffset }: PartitionProgress, { offset, start }: OffsetRange): boolean | undefined {
  if (nextOffset === undefined) return undefined
  return BigInt(nextOffset) < BigInt(offset) && BigInt(start) < BigInt(offset)
}
