import type { ChannelConfiguration } from '../../../src/config/channel-schema.ts'
import type { Admin, PartitionOffset } from '../../../adapters/channel/kafka/driver.ts'
import { loadWith } from '../../../workers/peers.ts'

/** The consumer group of a Kafka channel, as the brokers know it. */
export interface GroupSurvey {
  readonly channel: string
  readonly group: string
  /** Members now: consumers of the old service that still run. */
  readonly members: number
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
      const partitions = await partitionsOf(admin, consumerGroup, inputTopics)
      surveys.push({ channel: channel.id, group: consumerGroup, members, partitions })
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
  return kafkajsDriver(configurations, `batuta-takeover-${id}`, { write: () => undefined }).admin()
}

async function partitionsOf(admin: Admin, group: string, topics: readonly string[]): Promise<PartitionSurvey[]> {
  const committed = await admin.committed(group, topics)
  const ranges = await Promise.all(topics.map((topic) => admin.ranges(topic)))
  return ranges.flat().map(({ topic, partition, start, offset }) => {
    const isIt = (one: PartitionOffset) => one.topic === topic && one.partition === partition
    const at = committed.find(isIt)?.offset
    const from = at === undefined || BigInt(at) < BigInt(start) ? start : at
    return { topic, partition, committed: at, lag: Number(BigInt(offset) - BigInt(from)) }
  })
}
