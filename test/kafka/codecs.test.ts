import { randomUUID } from 'node:crypto'
import { Producer, stringSerializers } from '@platformatic/kafka'
import kafkajs, { type Kafka } from 'kafkajs'
import { beforeAll, expect, test } from 'vitest'
import { codecs } from '../../adapters/channel/kafka/compression/codecs.ts'
import { createTopic, describeKafka, kafka } from '../services/kafka.ts'
import { packers } from './support/packers.ts'

const { CompressionTypes, CompressionCodecs } = kafkajs
const TYPES = {
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const
type CodecName = keyof typeof TYPES
const NAMES = Object.keys(TYPES) as CodecName[]

/** Values with many matches, larger together than a block of any format. */
const VALUES = Array.from({ length: 400 }, (_, i) =>
  JSON.stringify({ i, text: 'the same and é '.repeat(20), r: i * 7919 }),
)

describeKafka('packed batches', () => {
  const unpacked: CodecName[] = []
  let client: Kafka

  beforeAll(() => {
    client = new kafkajs.Kafka({ brokers: [kafka.addresses.plaintext], logLevel: kafkajs.logLevel.NOTHING })
    for (const name of NAMES) {
      const { decompress } = codecs[name]
      const compress = async ({ buffer }: { readonly buffer: Buffer }) => await packers[name](buffer)
      const counted = async (packed: Buffer) => {
        unpacked.push(name)
        return await decompress(packed)
      }
      CompressionCodecs[TYPES[name]] = () => ({ compress, decompress: counted })
    }
  })

  test.each(NAMES)('%s by another client', async (name) => {
    const topic = await createTopic(name, 1)
    const options = { bootstrapBrokers: [kafka.addresses.plaintext], serializers: stringSerializers, clientId: 'other' }
    const producer = new Producer(options)
    await producer.send({ messages: VALUES.map((value) => ({ topic, value, key: 'key' })), compression: name })
    await producer.close()
    await expectValues(topic, name)
  })

  test.each(NAMES)('%s by the broker, which is in Java', async (name) => {
    const topic = await createTopicPacked(name)
    await produce(topic, CompressionTypes.None)
    await expectValues(topic, name)
  })

  test.each(NAMES)('%s by our packers, which the broker unpacks', async (name) => {
    const other = name === 'gzip' ? 'zstd' : 'gzip'
    const topic = await createTopicPacked(other)
    await produce(topic, TYPES[name])
    await expectValues(topic, other)
  })

  /** A topic whose broker repacks batches of any other format. */
  async function createTopicPacked(name: CodecName): Promise<string> {
    const topic = `packed-${randomUUID()}`
    const admin = client.admin()
    await admin.connect()
    const configEntries = [{ name: 'compression.type', value: name }]
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: true })
    await admin.disconnect()
    return topic
  }

  async function produce(topic: string, compression: kafkajs.CompressionTypes): Promise<void> {
    const producer = client.producer()
    await producer.connect()
    await producer.send({ topic, compression, messages: VALUES.map((value) => ({ key: 'key', value })) })
    await producer.disconnect()
  }

  async function expectValues(topic: string, name: CodecName): Promise<void> {
    unpacked.length = 0
    const found = await read(topic)
    expect(Buffer.concat(found).equals(Buffer.from(VALUES.join('')))).toBe(true)
    expect(new Set(unpacked)).toEqual(new Set([name]))
  }

  async function read(topic: string): Promise<Buffer[]> {
    const consumer = client.consumer({ groupId: topic, maxWaitTimeInMs: 100 })
    const found: Buffer[] = []
    try {
      await consumer.connect()
      await consumer.subscribe({ topic, fromBeginning: true })
      await new Promise<void>((resolve, reject) => {
        // The coordinator of a new broker may still be loading: kafkajs crashes and restarts.
        consumer.on(consumer.events.CRASH, ({ payload }) => void (payload.restart || reject(payload.error)))
        const eachMessage = async ({ message }: kafkajs.EachMessagePayload) => {
          if (message.value !== null) found.push(message.value)
          if (found.length === VALUES.length) resolve()
        }
        consumer.run({ eachMessage }).catch(reject)
      })
    } finally {
      await consumer.disconnect()
    }
    return found
  }
})
