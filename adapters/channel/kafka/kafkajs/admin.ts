import type { Client, Kafka } from './client.ts'
import type { Admin } from './driver.ts'
import { failure } from './failure.ts'

/** A connection for questions about the cluster. */
export async function openAdmin({ kafka, sockets }: Client): Promise<Admin> {
  const admin = kafka.admin()
  const ask = async <T>(action: string, question: () => Promise<T>): Promise<T> => {
    try {
      return await question()
    } catch (thrown) {
      throw failure(action, thrown)
    }
  }
  await ask('connect to the Kafka brokers', () => admin.connect()).catch((thrown) => {
    sockets.end()
    throw thrown
  })
  return {
    clusterId: () => ask('ask for the cluster id', async () => (await admin.describeCluster()).clusterId),
    partitions: (topics) => ask('ask for the topics', () => partitionsOf(admin, topics)),
    ends: (topic) =>
      ask(`ask where "${topic}" ends`, async () =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => ({
          topic,
          partition,
          offset: high,
          begin: low,
        })),
      ),
    committed: (group, topics) =>
      ask(`ask what the group "${group}" has committed`, async () => {
        const all = await admin.fetchOffsets({ groupId: group, topics: [...topics] })
        const places = all.flatMap(({ topic, partitions }) => partitions.map((one) => ({ topic, ...one })))
        return places.filter(({ offset }) => Number(offset) >= 0)
      }),
    ping: () => ask('ask the Kafka brokers for their cluster', async () => void (await admin.describeCluster())),
    close: () => admin.disconnect().finally(() => sockets.end()),
  }
}

/** Through the list of all topics: asked for one that does not exist, some brokers would make it. */
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
