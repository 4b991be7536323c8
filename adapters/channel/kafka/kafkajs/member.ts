import { METADATA, PATIENCE, roundRobin } from './client.ts'
import type { Client, EachBatchPayload } from './client.ts'
import type { Assignment, Batch, Member, MemberOptions, Position } from './driver.ts'
import { failure } from './failure.ts'

/** Longest that a member may take to hand back what it has and to join again. */
const REBALANCE = 60_000
/** Longest between heartbeats: a member learns by them that the group is joined anew, and must come well within that time. */
const HEARTBEAT = 10_000
/** Longest that a broker holds an empty fetch; heartbeats go out in between. */
const FETCH_WAIT = 500
/** Bytes of one fetch: from each partition, and of all together. What is read is in memory until it is settled. */
const FETCH_PARTITION = 262_144
const FETCH_ALL = 2_097_152
/** Partitions whose batches are handled side by side. */
const PARTITIONS_AT_ONCE = 256

/** A consumer of kafkajs as a member of its group. It never begins again by itself. */
export function join({ kafka, sockets, former }: Client, options: MemberOptions): Member {
  const { group, topics, sessionTimeout, onJoined, onRebalancing, onSeen, onSkipped } = options
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout,
    rebalanceTimeout: REBALANCE,
    heartbeatInterval: Math.min(HEARTBEAT, Math.max(1, Math.floor(sessionTimeout / 4))),
    maxBytesPerPartition: FETCH_PARTITION,
    maxBytes: FETCH_ALL,
    maxWaitTimeInMs: Math.min(FETCH_WAIT, Math.floor(sessionTimeout / 4)),
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA,
    partitionAssigners: [roundRobin],
    // One way to begin anew, and it is the caller's: kafkajs's own restarts have ways to end without a word.
    retry: { ...PATIENCE, restartOnFailure: async () => false },
  })
  const [running, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  for (const { promise } of [running, over]) promise.catch(() => undefined) // whoever runs it is told
  let generation = 0
  let assigned: Assignment = new Map()
  let commitNow: EachBatchPayload['commitOffsetsIfNecessary'] | undefined
  const isAssigned = (topic: string, partition: number) => assigned.get(topic)?.includes(partition) === true
  const { events } = consumer
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    generation++
    commitNow = undefined
    former.note(group, payload.memberId)
    assigned = new Map(Object.entries(payload.memberAssignment))
    onSeen()
    onJoined(assigned)
  })
  consumer.on(events.HEARTBEAT, onSeen)
  consumer.on(events.REBALANCING, onRebalancing)
  consumer.on(events.CRASH, ({ payload }) => over.reject(failure(`read as a member of "${group}"`, payload.error)))
  consumer.on(events.END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
    if (batchSize === 0 && isAssigned(topic, partition)) onSkipped({ topic, partition, offset: lastOffset })
  })

  const eachBatch = async (payload: EachBatchPayload) => {
    const { topic, partition } = payload.batch
    if (!isAssigned(topic, partition)) return // fetched before the group was joined anew
    commitNow = (offsets) => payload.commitOffsetsIfNecessary(offsets)
    await options.onBatch(batchOf(payload, generation, () => generation))
  }
  return {
    async run() {
      try {
        await consumer.connect()
        await consumer.subscribe({ topics: [...topics], fromBeginning: true })
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
          eachBatch,
        })
        running.resolve()
      } catch (thrown) {
        const failed = failure(`join the group "${group}"`, thrown)
        running.reject(failed)
        throw failed
      }
      await over.promise
    },
    async commit(positions) {
      if (commitNow !== undefined) return commitNow({ topics: byTopic(positions) })
      await running.promise // a moment before, the library would do nothing, and not say so
      await consumer.commitOffsets([...positions])
    },
    seek: (position) => consumer.seek(position),
    pause: (topic, partition) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: (topic, partition) => consumer.resume([{ topic, partitions: [partition] }]),
    async close() {
      await consumer.disconnect()
      over.resolve()
    },
    destroy() {
      sockets.end()
      consumer.disconnect().catch(() => undefined) // ends what it had planned to begin again
    },
  }
}

function batchOf(payload: EachBatchPayload, generation: number, current: () => number): Batch {
  const { batch } = payload
  const isCurrent = () => current() === generation
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
  positions: readonly Position[],
): { topic: string; partitions: { partition: number; offset: string }[] }[] {
  const topics = Map.groupBy(positions, ({ topic }) => topic)
  return [...topics].map(([topic, list]) => ({
    topic,
    partitions: list.map(({ partition, offset }) => ({ partition, offset })),
  }))
}
