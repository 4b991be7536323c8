import type { ChannelConfiguration } from '../../../src/config/channel-schema.ts'
import type { Admin, PartitionOffset } from '../../../adapters/channel/kafka/driver.ts'
import { loadWith } from '../../../workers/peers.ts'

/** The consumer group of a Kafka channel, as the brokers know it. */
export interface GroupSurvey {
  readonly channel: string
  readonly group: string
  /** Members now: consumers of the old service that still run. */
  readonly members: number
  /** Input topics that do not exist. */
  readonly missing: readonly string[]
  readonly partitions: readonly PartitionSurvey[]
}

/** One partition of an input topic. */
export interface PartitionSurvey {
  readonly topic: string
  readonly partition: number
  /** The offset of the next record that the group reads; absent where it has committed none. */
  readonly committed?: string | undefined
  /** Records that the group has not read; from the oldest one where it has committed none. */
  readonly lag: number
  /** True where the committed offset is past the newest record: the topic is not the one that the group has read. */
  readonly isPastEnd: boolean
}

/** Group, offsets and lag of every channel with input topics. Reads only. Rejects with a `BatutaError`. */
export async function surveyGroups(channels: readonly ChannelConfiguration[]): Promise<readonly GroupSurvey[]> {
  const surveys: GroupSurvey[] = []
  for (const channel of channels) {
    if (channel.type !== 'kafka' || channel.configurations.inputTopics.length === 0) continue
    const { inputTopics, consumerGroup = '' } = channel.configurations
    const admin = await adminOf(channel)
    try {
      const members = await admin.members(consumerGroup)
      const known = await admin.partitions(inputTopics)
      const missing = inputTopics.filter((topic) => !known.has(topic))
      const partitions = await partitionsOf(admin, consumerGroup, [...known.keys()])
      surveys.push({ channel: channel.id, group: consumerGroup, members, missing, partitions })
    } finally {
      await admin.close()
    }
  }
  return surveys
}

async function adminOf({ configurations, id }: Extract<ChannelConfiguration, { type: 'kafka' }>): Promise<Admin> {
  const { kafkajsDriver } = await loadWith(
    'look at the consumer groups',
    ['kafkajs'],
    () => import('../../../adapters/channel/kafka/kafkajs/client.ts'),
  )
  return kafkajsDriver(configurations, `batuta-takeover-${id}`, { write: () => undefined, writes: () => false }).admin()
}

async function partitionsOf(admin: Admin, group: string, topics: readonly string[]): Promise<PartitionSurvey[]> {
  if (topics.length === 0) return [] // kafkajs would ask for all topics
  const committed = await admin.committed(group, topics)
  const ranges = await Promise.all(topics.map((topic) => admin.ranges(topic)))
  const inOrder = ranges.flatMap((all) => all.toSorted((one, other) => one.partition - other.partition))
  return inOrder.map(({ topic, partition, start, offset }) => {
    const isIt = (one: PartitionOffset) => one.topic === topic && one.partition === partition
    const at = committed.find(isIt)?.offset
    const from = at === undefined || BigInt(at) < BigInt(start) ? start : at
    const lag = Number(BigInt(offset) - BigInt(from))
    return { topic, partition, committed: at, lag: Math.max(0, lag), isPastEnd: lag < 0 }
  })
}
