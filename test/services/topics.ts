import { randomUUID } from 'node:crypto'
import { type Admin, type Consumer, type IHeaders, type ITopicMetadata, Kafka, logLevel, type Producer } from 'kafkajs'
import { eventually } from './client.ts'

/** A record to produce. Without a partition the key decides. */
export interface NewRecord {
  readonly key?: string | null
  readonly value: string | null
  readonly headers?: IHeaders
  readonly partition?: number
}

export interface ReadRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** Small enough that a partition's share fits into one batch, which no client splits. */
const AT_ONCE = 500

/** The topics of a broker, for tests, by its plaintext address, or several with commas. Connects when first used. */
export class Topics {
  readonly #kafka: Kafka
  #admin: Promise<Admin> | undefined
  #producer: Promise<Producer> | undefined

  constructor(address: string) {
    this.#kafka = new Kafka({ brokers: address.split(','), logLevel: logLevel.NOTHING })
  }

  /** Gives the topic's name, which begins with `name` and is nobody else's. */
  async create(name = 'topic', partitions = 4): Promise<string> {
    const topic = `${name}-${randomUUID()}`
    const admin = await this.#administer()
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false })
    // A broker that has much to do may not know for a while what it has just made.
    const isThere = () => admin.fetchTopicMetadata({ topics: [topic] }).then(({ topics: [found] }) => hasLeaders(found))
    await eventually(() => isThere().catch(() => undefined))
    // Metadata name a leader a moment before it knows that it is one, and refuses until then.
    await eventually(() => admin.fetchTopicOffsets(topic).catch(() => undefined))
    return topic
  }

  /** In this order, where they go to the same partition. */
  async produce(topic: string, records: readonly NewRecord[]): Promise<void> {
    this.#producer ??= connected(this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1 }))
    const producer = await this.#producer
    for (let start = 0; start < records.length; start += AT_ONCE) {
      await producer.send({ topic, messages: records.slice(start, start + AT_ONCE) })
    }
  }

  /**
   * Everything that can be read of a topic now, by partition and offset. What a transaction has written can be read a
   * moment after its commit has been answered.
   */
  async readAll(topic: string): Promise<ReadRecord[]> {
    const consumer = await connected(this.#kafka.consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 50 }))
    try {
      await consumer.subscribe({ topic, fromBeginning: true })
      const found = await readToEnd(consumer)
      return found.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    } finally {
      await consumer.disconnect()
    }
  }

  /** How many records of a topic a group has not committed yet; all, where it has never committed. */
  async lag(group: string, topic: string): Promise<number> {
    const admin = await this.#administer()
    // kafkajs throws a TypeError while its metadata, which all tests of a file share, have no leader of the topic.
    const ends = await eventually(() => admin.fetchTopicOffsets(topic).catch(() => undefined))
    const [commits] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    const committed = new Map(commits?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
    const begin = ({ partition, low }: (typeof ends)[number]) => Math.max(committed.get(partition) ?? 0, Number(low))
    return ends.reduce((sum, end) => sum + Number(end.high) - begin(end), 0)
  }

  /** State, members and lag of a group, and the leaders and replicas in sync of its topic: a line for a person. */
  async describe(group: string, topic: string): Promise<string> {
    const admin = await this.#administer()
    const [{ groups }, { topics }] = await Promise.all([
      admin.describeGroups([group]),
      admin.fetchTopicMetadata({ topics: [topic] }),
    ])
    const [{ state, members } = { state: 'unknown', members: [] }] = groups
    const partitions = topics.flatMap((one) => one.partitions).toSorted((a, b) => a.partitionId - b.partitionId)
    const places = partitions.map(
      ({ partitionId, leader, isr }) => `${partitionId} at ${leader}, in sync ${isr.join()}`,
    )
    const lag = await this.lag(group, topic).catch(String)
    const who = members.map(({ memberId }) => memberId).join(', ') || 'none'
    return `group "${group}": ${state}, members ${who}, lag ${lag}; partitions ${places.join('; ')}`
  }

  async close(): Promise<void> {
    for (const client of await Promise.all([this.#admin, this.#producer])) await client?.disconnect()
  }

  #administer(): Promise<Admin> {
    return (this.#admin ??= connected(this.#kafka.admin()))
  }
}

function hasLeaders(topic: ITopicMetadata | undefined): true | undefined {
  return topic?.partitions.every(({ leader }) => leader >= 0) === true ? true : undefined
}

async function connected<Client extends Admin | Producer | Consumer>(client: Client): Promise<Client> {
  await client.connect()
  return client
}

/** A fetch starts when what the one before has brought is handled: after two that brought nothing there is no more. */
async function readToEnd(consumer: Consumer): Promise<ReadRecord[]> {
  const found: ReadRecord[] = []
  let fetches = 0
  const ended = new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.FETCH, () => void ((fetches += 1) > 2 && resolve()))
    // A broker that has just come back refuses groups until it has loaded them: then the library starts over by itself.
    consumer.on(consumer.events.CRASH, ({ payload }) => void (payload.restart || reject(payload.error)))
  })
  await consumer.run({
    eachMessage: async ({ partition, message: { offset, key, value, headers } }) => {
      fetches = 0
      const content = { key: key?.toString() ?? null, value: value?.toString() ?? null, headers: texts(headers) }
      found.push({ partition, offset: Number(offset), ...content })
    },
  })
  await ended
  return found
}

function texts(headers: IHeaders = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
