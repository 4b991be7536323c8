import { reasonOf } from '../../../../src/errors.ts'
import type { Cancel, Runtime } from '../../../../src/ports/runtime.ts'
import type { AdminConnection } from '../admin-connection.ts'
import type { Assignment, PartitionOffset } from '../driver.ts'
import { findPartition, GroupOffsets } from './group-offsets.ts'
import type { ConsumerSettings } from './group-offsets.ts'
import type { Liveness } from './liveness.ts'
import type { ConsumerProgress } from './progress.ts'

/** The parts of a sole consumer. */
export interface SoleConsumerOptions {
  readonly settings: ConsumerSettings
  readonly admin: AdminConnection
  readonly progress: ConsumerProgress
  readonly liveness: Liveness
  readonly runtime: Runtime
  /** Called once where this process must not go on, since it never had every partition. */
  readonly refuse: (why: string) => void
}

/** The wait before the cluster is asked again after a failure. */
const RETRY_WAIT = 1_000
/** Time for the group to divide its partitions anew after a predecessor's session has ended. */
const REBALANCE_MARGIN = 3_000

/**
 * Keeps the gate of a consumer whose store is this process's own closed until it has every partition of its topics (P22): events that
 * another member takes are lost to its sagas. A predecessor that was killed keeps its partitions for one session time-out.
 */
export class SoleConsumer {
  readonly #options: SoleConsumerOptions
  readonly #offsets: GroupOffsets
  #hadEveryPartition = false
  #hasEveryPartition = false
  /** The number of the latest check: earlier ones are void. */
  #latestCheck = 0
  /** The committed offsets at the time when another member was found at start. */
  #committedAtStart: ReadonlySet<string> | undefined
  #cancel: Cancel | undefined

  constructor(options: SoleConsumerOptions) {
    this.#options = options
    this.#offsets = new GroupOffsets(options.admin, options.settings)
  }

  get hasEveryPartition(): boolean {
    return this.#hasEveryPartition
  }

  /** Called at every generation of the group. Closes the gate until the check is done. */
  check(assignment: Assignment): void {
    this.#hasEveryPartition = false
    void this.#run(assignment, ++this.#latestCheck)
  }

  end(): void {
    this.#latestCheck++
    this.#cancel?.()
  }

  async #run(assignment: Assignment, check: number): Promise<void> {
    const { settings, admin, runtime, liveness } = this.#options
    try {
      const partitions = await admin.ask((one) => one.partitions(settings.inputTopics))
      if (check !== this.#latestCheck) return
      const lacking = settings.inputTopics.filter(
        (topic) => (assignment.get(topic)?.length ?? 0) < (partitions.get(topic) ?? 1),
      )
      const committed = this.#hadEveryPartition ? [] : await this.#offsets.committed()
      const starts = lacking.length > 0 ? [] : await this.#startsAfter(committed)
      if (check !== this.#latestCheck || !liveness.isJoined) return
      if (lacking.length > 0) return this.#holdBack(lacking, committed)
      if (this.#wasOvertaken(committed)) return this.#refuseOvertaken()
      this.#open(starts)
    } catch (thrown) {
      if (check === this.#latestCheck) this.#reportUnknown(reasonOf(thrown))
      runtime.after(RETRY_WAIT, () => (check === this.#latestCheck ? void this.#run(assignment, check) : undefined))
    }
  }

  /**
   * Offsets to start from in partitions that are not read yet. They are fixed now: once another member had a partition, its committed
   * offset would be wrong. A partition that was added later starts with its oldest record.
   */
  async #startsAfter(committed: readonly PartitionOffset[]): Promise<readonly PartitionOffset[]> {
    const ranges = await this.#offsets.ranges()
    return ranges.map(({ topic, partition, start }) => {
      const offset = findPartition(committed, { topic, partition })?.offset ?? start
      return { topic, partition, offset: later(offset, start) }
    })
  }

  /** True where offsets were committed during the wait: not by a killed predecessor, but by a member whose events this store lacks. */
  #wasOvertaken(committed: readonly PartitionOffset[]): boolean {
    const before = this.#committedAtStart
    return before !== undefined && committed.some((position) => !before.has(wordOf(position)))
  }

  #refuseOvertaken(): void {
    const { consumerGroup: group } = this.#options.settings
    this.#options.refuse(
      `read as the only member of "${group}": another member has taken events while this process waited for it to leave, and ` +
        'the store is this process alone: set the offsets of the group back to where they were, and keep the other one away',
    )
  }

  #open(starts: readonly PartitionOffset[]): void {
    const { progress, liveness, runtime, settings } = this.#options
    for (const { topic, partition, offset } of starts) progress.of(topic, partition).nextOffset ??= offset
    this.#cancel?.()
    this.#cancel = undefined
    if (liveness.heldBack !== undefined) {
      runtime.log.write('kafka.alone', { group: settings.consumerGroup })
    }
    liveness.heldBack = undefined
    this.#hadEveryPartition = true
    this.#hasEveryPartition = true
  }

  /** Readiness must say so: the brokers answer, but no event is taken in. */
  #reportUnknown(why: string): void {
    const { liveness, runtime } = this.#options
    liveness.heldBack = `it is not known who else is in the group, so nothing is taken in: ${why}`
    runtime.log.write('kafka.members-unknown', { why })
  }

  #holdBack(lacking: readonly string[], committed: readonly PartitionOffset[]): void {
    const { settings, liveness, runtime, refuse } = this.#options
    const { consumerGroup: group, sessionTimeout } = settings
    const why =
      `another member of the group "${group}" has partitions of ${lacking.map((topic) => `"${topic}"`).join(', ')}, and the ` +
      'store is this process alone; nothing is taken in until the other has left'
    if (this.#hadEveryPartition) {
      liveness.heldBack = why
      return runtime.log.write('kafka.divided', { why })
    }
    this.#committedAtStart ??= new Set(committed.map(wordOf))
    runtime.log.write('kafka.other-member', { group, sessionTimeout })
    this.#cancel ??= runtime.after(sessionTimeout + REBALANCE_MARGIN, () =>
      refuse(`read as the only member of "${group}": ${why}. Stop the other one, or use a store that is shared`),
    )
  }
}

function later(one: string, other: string): string {
  return BigInt(one) < BigInt(other) ? other : one
}

function wordOf({ topic, partition, offset }: PartitionOffset): string {
  return `${topic}/${partition}/${offset}`
}
