import kafkajs from 'kafkajs'
import type { Admin, Producer } from 'kafkajs'
import { startBroker } from '../../testing/broker/broker.ts'
import { eventOf } from './load.ts'

/** As for a small production topic. */
const PARTITIONS = 16
/** Records in one request while the load is written. */
const AT_ONCE = 800

interface BrokerParts {
  readonly address: string
  readonly pid: number
  readonly admin: Admin
  readonly producer: Producer
  readonly close: () => Promise<void>
}

/** A broker for one bench, with its topics and the progress of groups on them. */
export class BenchBroker {
  readonly address: string
  readonly pid: number
  readonly #admin: Admin
  readonly #producer: Producer
  readonly #close: () => Promise<void>
  #topics = 0

  private constructor({ address, pid, admin, producer, close }: BrokerParts) {
    this.address = address
    this.pid = pid
    this.#admin = admin
    this.#producer = producer
    this.#close = close
  }

  static async open(): Promise<BenchBroker> {
    const broker = await startBroker()
    const address = broker.addresses.plaintext
    const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING })
    const admin = kafka.admin()
    const producer = kafka.producer({ idempotent: true, createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await Promise.all([admin.connect(), producer.connect()])
    const close = async (): Promise<void> => {
      await Promise.all([admin.disconnect(), producer.disconnect()])
      await broker.close()
    }
    return new BenchBroker({ address, pid: broker.pid, admin, producer, close })
  }

  /** Creates a topic; returns its name when every partition can be read and written. */
  async createTopic(name: string): Promise<string> {
    const topic = `${name}-${++this.#topics}`
    await this.#admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: false })
    // The library's own wait for leaders fails where the broker does not know the topic yet.
    for (let tries = 1; !((await this.#hasLeaders(topic)) && (await this.#isLed(topic))); tries++) {
      if (tries > 200) throw new Error(`create the topic "${topic}": it has no leaders after ${tries} looks`)
      await new Promise((done) => setTimeout(done, 50))
    }
    return topic
  }

  /** Writes the first `count` events of the load, as fast as possible. */
  async produce(topic: string, count: number): Promise<void> {
    for (let at = 0; at < count; at += AT_ONCE) {
      const messages = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, index) => eventOf(at + index))
      await this.#producer.send({ topic, acks: -1, messages })
    }
  }

  /** Number of records in the topic. */
  async records(topic: string): Promise<number> {
    const ends = await this.#admin.fetchTopicOffsets(topic)
    return ends.reduce((sum, { high }) => sum + Number(high), 0)
  }

  /** Number of records of the topic that the group has committed; 0 while a broker that has just started cannot tell. */
  async committed(group: string, topic: string): Promise<number> {
    const found = await this.#admin.fetchOffsets({ groupId: group, topics: [topic] }).catch(() => [])
    const partitions = found.flatMap((one) => one.partitions)
    return partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
  }

  close(): Promise<void> {
    return this.#close()
  }

  async #hasLeaders(topic: string): Promise<boolean> {
    const found = await this.#admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }))
    const partitions = found.topics.flatMap((one) => one.partitions)
    return partitions.length === PARTITIONS && partitions.every(({ leader }) => leader >= 0)
  }

  /** Metadata name a leader a moment before that broker knows it, and it refuses until then. */
  async #isLed(topic: string): Promise<boolean> {
    const ends = await this.#admin.fetchTopicOffsets(topic).catch(() => [])
    return ends.length === PARTITIONS
  }
}
