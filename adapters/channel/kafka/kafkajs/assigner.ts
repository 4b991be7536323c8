import type { Assignment } from './driver.ts'

/** A member as the leader sees it. */
export interface Subscriber {
  readonly id: string
  readonly topics: readonly string[]
}

/**
 * Who reads what: each topic's partitions go round among the members that have subscribed to it. kafkajs's own assigner hands
 * the leader's topics to every member, so that two channels of one group with different topics would lose partitions. The
 * name and the wire stay those of kafkajs's: during a roll-out old and new members are in one group.
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
