import type { Consumer, ConsumerConfig, EachBatchPayload } from 'kafkajs'
import type { Assignment, Batch, CommitOutcome, GroupMember, GroupMemberOptions, PartitionOffset } from '../driver.ts'
import { roundRobin } from './assigner.ts'
import { driverFailure, isRebalance } from './failure.ts'
import type { Sockets } from './sockets.ts'
import { MEMBER_RETRIES, METADATA_AGE } from './tuning.ts'
import type { KafkajsClient } from './tuning.ts'

/** ms for a member to hand back its partitions and join again when the group rebalances. */
const REBALANCE_TIMEOUT = 60_000
/** Longest ms between heartbeats. Their answer announces a rebalance, so they must be much more frequent than its time-out. */
const HEARTBEAT = 10_000
/** Longest ms that a broker holds a fetch without records. Heartbeats go out between fetches. */
const FETCH_WAIT = 500
/** Bytes of one fetch: from each partition, and in all. Records stay in memory until they are settled. */
const FETCH_PARTITION = 262_144
const FETCH_ALL = 2_097_152
/** Partitions whose batches are handled side by side. */
const PARTITIONS_AT_ONCE = 256

/** A member of a group, made of kafkajs's consumer. After a crash it never restarts by itself. */
export class ConsumerMember implements GroupMember {
  readonly #consumer: Consumer
  readonly #sockets: Sockets
  readonly #options: GroupMemberOptions
  readonly #running = Promise.withResolvers<void>()
  readonly #over = Promise.withResolvers<void>()
  #generation = 0
  #assigned: Assignment = new Map()
  #commitOfBatch: EachBatchPayload['commitOffsetsIfNecessary'] | undefined

  constructor({ kafka, sockets, staleMembers }: KafkajsClient, options: GroupMemberOptions) {
    const { group, onCoordinatorAnswer, onRebalancing } = options
    this.#options = options
    this.#sockets = sockets
    for (const { promise } of [this.#running, this.#over]) promise.catch(() => undefined) // `run` rejects with it
    const consumer = kafka.consumer(configurationOf(options))
    this.#consumer = consumer
    const { events } = consumer
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      staleMembers.note(group, payload.memberId)
      this.#join(new Map(Object.entries(payload.memberAssignment)))
    })
    consumer.on(events.HEARTBEAT, onCoordinatorAnswer)
    consumer.on(events.REBALANCING, onRebalancing)
    consumer.on(events.CRASH, ({ payload }) =>
      this.#over.reject(driverFailure(`read as a member of "${group}"`, payload.error)),
    )
    consumer.on(events.END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      if (batchSize === 0 && this.#has(topic, partition)) options.onSkipped({ topic, partition, offset: lastOffset })
    })
  }

  async run(): Promise<void> {
    const { group, topics } = this.#options
    try {
      await this.#consumer.connect()
      await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true })
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        eachBatch: (payload) => this.#eachBatch(payload),
      })
      this.#running.resolve()
    } catch (thrown) {
      const failed = driverFailure(`join the group "${group}"`, thrown)
      this.#running.reject(failed)
      throw failed
    }
    await this.#over.promise
  }

  async commit(positions: readonly PartitionOffset[]): Promise<CommitOutcome> {
    try {
      await this.#commit(positions)
      return 'committed'
    } catch (thrown) {
      if (isRebalance(thrown)) return 'rebalancing'
      throw driverFailure('commit offsets', thrown)
    }
  }

  seek(position: PartitionOffset): void {
    this.#consumer.seek(position)
  }

  pause(topic: string, partition: number): void {
    this.#consumer.pause([{ topic, partitions: [partition] }])
  }

  resume(topic: string, partition: number): void {
    this.#consumer.resume([{ topic, partitions: [partition] }])
  }

  async close(): Promise<void> {
    await this.#consumer.disconnect()
    this.#over.resolve()
  }

  destroy(): void {
    this.#sockets.end()
    this.#consumer.disconnect().catch(() => undefined) // cancels its pending retries
  }

  #has(topic: string, partition: number): boolean {
    return this.#assigned.get(topic)?.includes(partition) === true
  }

  #join(assigned: Assignment): void {
    this.#generation++
    this.#commitOfBatch = undefined
    this.#assigned = assigned
    this.#options.onCoordinatorAnswer()
    this.#options.onJoined(assigned)
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch
    if (!this.#has(topic, partition)) return // fetched before the last rebalance
    this.#commitOfBatch = (offsets) => payload.commitOffsetsIfNecessary(offsets)
    const generation = this.#generation
    await this.#options.onBatch(batchOf(payload, () => this.#generation === generation))
  }

  /** kafkajs's own commit does nothing, without an error, before the consumer runs and after `stop`. That of a batch works. */
  async #commit(positions: readonly PartitionOffset[]): Promise<void> {
    if (this.#commitOfBatch !== undefined) return this.#commitOfBatch({ topics: byTopic(positions) })
    await this.#running.promise
    await this.#consumer.commitOffsets([...positions])
  }
}

function configurationOf({ group, sessionTimeout }: GroupMemberOptions): ConsumerConfig {
  return {
    groupId: group,
    sessionTimeout,
    rebalanceTimeout: REBALANCE_TIMEOUT,
    heartbeatInterval: Math.min(HEARTBEAT, Math.max(1, Math.floor(sessionTimeout / 4))),
    maxBytesPerPartition: FETCH_PARTITION,
    maxBytes: FETCH_ALL,
    maxWaitTimeInMs: Math.min(FETCH_WAIT, Math.floor(sessionTimeout / 4)),
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_AGE,
    partitionAssigners: [roundRobin],
    // Only KafkaSource restarts: kafkajs's own restarts may end without an event.
    retry: { ...MEMBER_RETRIES, restartOnFailure: async () => false },
  }
}

function batchOf(payload: EachBatchPayload, isCurrent: () => boolean): Batch {
  const { batch } = payload
  return {
    end: String(BigInt(batch.lastOffset()) + 1n),
    topic: batch.topic,
    partition: batch.partition,
    records: batch.messages as Batch['records'],
    isCurrent,
    heartbeat: () => payload.heartbeat(),
    resolve: (offset) => (isCurrent() ? payload.resolveOffset(offset) : undefined),
  }
}

function byTopic(
  positions: readonly PartitionOffset[],
): { topic: string; partitions: { partition: number; offset: string }[] }[] {
  const topics = Map.groupBy(positions, ({ topic }) => topic)
  return [...topics].map(([topic, list]) => ({
    topic,
    partitions: list.map(({ partition, offset }) => ({ partition, offset })),
  }))
}
