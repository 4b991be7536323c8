import { randomUUID } from 'node:crypto'
import { Admin, Consumer, stringDeserializers } from '@platformatic/kafka'

const PARTITIONS = Array.from({ length: 6 }, (_, partition) => partition)
const END = -1n

/** Creates topics and reads their counts and lags. */
export class DemoTopics {
  readonly #connection: { readonly clientId: string; readonly bootstrapBrokers: string[] }
  readonly #admin: Admin

  constructor(broker: string) {
    this.#connection = { clientId: 'batuta-demo', bootstrapBrokers: [broker] }
    this.#admin = new Admin(this.#connection)
  }

  async create(topics: readonly string[]): Promise<void> {
    await this.#admin.createTopics({ topics: [...topics], partitions: PARTITIONS.length, replicas: 1 })
  }

  /** Commits offset 0 for a group: a new group begins at the end and would miss records that were sent while it joined. */
  async beginAtStart(groupId: string, name: string): Promise<void> {
    const partitionOffsets = PARTITIONS.map((partition) => ({ partition, offset: 0n }))
    await this.#admin.alterConsumerGroupOffsets({ groupId, topics: [{ name, partitionOffsets }] })
  }

  /** Number of records that were ever written to a topic. */
  async count(topic: string): Promise<number> {
    return (await this.#ends(topic)).reduce((sum, end) => sum + end, 0)
  }

  /** Number of records that the group has not committed. */
  async lag(group: string, topic: string): Promise<number> {
    const ends = await this.#ends(topic)
    const [found] = await this.#admin.listConsumerGroupOffsets({
      groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes: PARTITIONS }] }],
    })
    const commits = found?.topics[0]?.partitions ?? []
    const committed = new Map(commits.map((one) => [one.partitionIndex, Math.max(0, Number(one.committedOffset))]))
    return ends.reduce((sum, end, partition) => sum + end - (committed.get(partition) ?? 0), 0)
  }

  /** Number of different idempotency keys among the records of a topic. */
  async keys(topic: string): Promise<number> {
    const left = { records: await this.count(topic) }
    const keys = new Set<string | undefined>()
    if (left.records === 0) return 0
    const consumer = new Consumer({
      ...this.#connection,
      groupId: `batuta-demo-${randomUUID()}`,
      deserializers: stringDeserializers,
      maxWaitTime: 100,
    })
    try {
      const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false })
      for await (const { headers } of stream) {
        keys.add(headers.get('idempotency-key'))
        if (--left.records === 0) break
      }
    } finally {
      await consumer.close(true)
    }
    return keys.size
  }

  async close(): Promise<void> {
    await this.#admin.close()
  }

  async #ends(name: string): Promise<number[]> {
    const partitions = PARTITIONS.map((partitionIndex) => ({ partitionIndex, timestamp: END }))
    const [found] = await this.#admin.listOffsets({ topics: [{ name, partitions }] })
    const ends = new Map(found?.partitions.map((one) => [one.partitionIndex, Number(one.offset)]))
    return PARTITIONS.map((partition) => ends.get(partition) ?? 0)
  }
}
