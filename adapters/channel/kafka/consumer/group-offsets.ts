import type { AdminConnection } from '../admin-connection.ts'
import type { OffsetRange, PartitionOffset } from '../driver.ts'
import { failureOf } from '../failure.ts'
import type { KafkaSettings } from '../settings.ts'

/** Settings of a channel that reads: its group is set. */
export type ConsumerSettings = KafkaSettings & { readonly consumerGroup: string }

/** Tries at start: a broker that has just started refuses questions about groups until it has loaded them. */
const TRIES = 40

/** The offsets that a group has committed in its topics, and the offsets that the topics hold. Asks the brokers each time. */
export class GroupOffsets {
  readonly #admin: AdminConnection
  readonly #group: string
  readonly #topics: readonly string[]

  constructor(admin: AdminConnection, { consumerGroup, inputTopics }: ConsumerSettings) {
    this.#admin = admin
    this.#group = consumerGroup
    this.#topics = inputTopics
  }

  /** Partitions without a commit are left out. */
  committed(): Promise<readonly PartitionOffset[]> {
    return this.#admin.ask((admin) => admin.committed(this.#group, this.#topics))
  }

  async ranges(): Promise<readonly OffsetRange[]> {
    const each = await this.#admin.ask((admin) => Promise.all(this.#topics.map((topic) => admin.ranges(topic))))
    return each.flat()
  }

  /** True where the group has acknowledged records before (P22). `pause` resolves when the brokers may be asked again; it gets the reason. */
  async hasBegun(pause: (why: string) => Promise<void>): Promise<boolean> {
    const committed = await insist(() => this.committed(), pause)
    return committed.some(({ offset }) => BigInt(offset) > 0n)
  }

  /**
   * Resolves when the group has committed every record that the topics held at the first answer, or `isWanted` answers false. Asks
   * again after every failure. `pause` resolves when the brokers may be asked again.
   */
  async caughtUp(isWanted: () => boolean, pause: () => Promise<void>): Promise<void> {
    let ends: readonly OffsetRange[] | undefined
    while (isWanted()) {
      try {
        ends ??= await this.ranges()
        const committed = await this.committed()
        if (ends.every((end) => isReached(end, findPartition(committed, end)))) return
      } catch {
        // the brokers are away, which is what the wait is for
      }
      await pause()
    }
  }

  /** The end of each partition where the group has committed nothing at all; empty where it has (C2.5a). */
  async endsOfNewGroup(pause: (why: string) => Promise<void>): Promise<readonly PartitionOffset[]> {
    const committed = await insist(() => this.committed(), pause)
    return committed.length > 0 ? [] : insist(() => this.ranges(), pause)
  }
}

/** Without a commit only an empty partition has been read to its end. */
function isReached({ start, offset }: OffsetRange, committed: PartitionOffset | undefined): boolean {
  return BigInt(committed?.offset ?? start) >= BigInt(offset)
}

/** Asks again after a retryable error, up to `TRIES` times. */
async function insist<T>(ask: () => Promise<T>, pause: (why: string) => Promise<void>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (thrown) {
      const failed = failureOf('ask the Kafka brokers', thrown)
      if (!failed.retryable || tries === TRIES) throw thrown
      await pause(failed.message)
    }
  }
}

/** The entry of the same partition, if the list has one. */
export function findPartition<T extends PartitionOffset>(
  list: readonly T[],
  { topic, partition }: Omit<PartitionOffset, 'offset'>,
): T | undefined {
  return list.find((one) => one.topic === topic && one.partition === partition)
}
