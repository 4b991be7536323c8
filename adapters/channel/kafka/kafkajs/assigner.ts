import kafkajs from 'kafkajs'
import type { PartitionAssigner } from 'kafkajs'
import type { Assignment } from '../driver.ts'

/** A member as the leader of its group knows it. */
export interface Subscriber {
  readonly id: string
  readonly topics: readonly string[]
}

/**
 * Deals each topic's partitions round robin to the members that have subscribed to it. kafkajs's own assigner gives the leader's
 * topics to every member, so two channels of one group with different topics would lose partitions.
 */
export function assign(
  members: readonly Subscriber[],
  partitions: (topic: string) => readonly number[],
): ReadonlyMap<string, Assignment> {
  const sorted = [...members].sort((one, other) => (one.id < other.id ? -1 : 1))
  const assigned = new Map<string, Map<string, number[]>>(sorted.map(({ id }) => [id, new Map()]))
  const topics = [...new Set(sorted.flatMap((member) => member.topics))].sort()
  let turn = 0
  for (const topic of topics) {
    const readers = sorted.filter((member) => member.topics.includes(topic))
    for (const partition of partitions(topic)) {
      const own = assigned.get(readers[turn++ % readers.length]?.id ?? '')
      if (own?.get(topic)?.push(partition) === undefined) own?.set(topic, [partition])
    }
  }
  return assigned
}

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol

/** `assign` as a plug-in of kafkajs, under the name and wire format of its own: old and new members may share a group. */
export const roundRobin: PartitionAssigner = ({ cluster }) => ({
  name: 'RoundRobinAssigner',
  version: 0,
  protocol: ({ topics }) => ({
    name: 'RoundRobinAssigner',
    metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
  async assign({ members }) {
    const subscribers = members.map(({ memberId, memberMetadata }) => ({
      id: memberId,
      topics: MemberMetadata.decode(memberMetadata)?.topics ?? [],
    }))
    const topics = [...new Set(subscribers.flatMap((one) => one.topics))]
    await learnTopics(cluster, topics)
    const partitions = (topic: string) =>
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)
    return [...assign(subscribers, partitions)].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({
        version: 0,
        assignment: Object.fromEntries([...assignment].map(([topic, list]) => [topic, [...list]])),
        userData: Buffer.alloc(0),
      }),
    }))
  },
})

/** Fetches metadata of topics that only other members read. A topic that does not exist has no partitions and is no error. */
async function learnTopics(cluster: unknown, topics: readonly string[]): Promise<void> {
  const asking = cluster as { addMultipleTargetTopics(topics: readonly string[]): Promise<void> }
  for (const topic of topics) await asking.addMultipleTargetTopics([topic]).catch(() => undefined)
}
