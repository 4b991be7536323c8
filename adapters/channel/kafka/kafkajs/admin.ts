import type { Kafka } from 'kafkajs'
import type { Admin } from '../driver.ts'
import { driverFailure } from './failure.ts'
import type { KafkajsClient } from './tuning.ts'

/** A connected client for questions about the cluster. */
export async function openAdmin({ kafka, sockets }: KafkajsClient): Promise<Admin> {
  const admin = kafka.admin()
  const ask = async <T>(action: string, question: () => Promise<T>): Promise<T> => {
    try {
      return await question()
    } catch (thrown) {
      throw driverFailure(action, thrown)
    }
  }
  await ask('connect to the Kafka brokers', () => admin.connect()).catch((thrown) => {
    sockets.end()
    void admin.disconnect().catch(() => undefined) // a refused login leaves a timer of kafkajs, and the process would not end
    throw thrown
  })
  return {
    clusterId: () => ask('ask for the cluster id', async () => (await admin.describeCluster()).clusterId),
    partitions: (topics) => ask('ask for the topics', () => partitionsOf(admin, topics)),
    ranges: (topic) =>
      ask(`ask for the offsets of "${topic}"`, async () =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => ({
          topic,
          partition,
          offset: high,
          start: low,
        })),
      ),
    committed: (group, topics) =>
      ask(`ask for the committed offsets of the group "${group}"`, async () => {
        const all = await admin.fetchOffsets({ groupId: group, topics: [...topics] })
        const offsets = all.flatMap(({ topic, partitions }) => partitions.map((one) => ({ topic, ...one })))
        return offsets.filter(({ offset }) => Number(offset) >= 0)
      }),
    members: (group) =>
      ask(`ask for the members of the group "${group}"`, async () => {
        const { groups } = await admin.describeGroups([group])
        return groups.reduce((count, { members }) => count + members.length, 0)
      }),
    ping: () => ask('ask the Kafka brokers for their cluster', async () => void (await admin.describeCluster())),
    close: () => admin.disconnect().finally(() => sockets.end()),
  }
}

/** Asks about existing topics only: some brokers create a topic when they are asked for its metadata. */
async function partitionsOf(
  admin: ReturnType<Kafka['admin']>,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const existing = new Set(await admin.listTopics())
  const known = topics.filter((topic) => existing.has(topic))
  if (known.length === 0) return new Map()
  const { topics: found } = await admin.fetchTopicMetadata({ topics: known })
  return new Map(found.map(({ name, partitions }) => [name, partitions.length]))
}
