import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs'
import { expect, test } from 'vitest'
import type { Broker } from '../../testing/broker/broker.ts'
import { createTopic, describeKafka, kafka, lag, produce, readAll } from '../services/kafka.ts'

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
type Access = [listener: keyof Broker['addresses'], how?: Pick<KafkaConfig, 'ssl' | 'sasl'>]

describeKafka('the shared broker', () => {
  const ssl = { ca: kafka.ca }
  const login = (mechanism: (typeof MECHANISMS)[number], password = kafka.user.password): SASLOptions =>
    ({ mechanism, username: kafka.user.username, password }) as SASLOptions

  const doors: Record<string, Access> = {
    plaintext: ['plaintext'],
    TLS: ['ssl', { ssl }],
    'mutual TLS': ['mtls', { ssl: { ...ssl, ...kafka.client } }],
  }
  for (const mechanism of MECHANISMS) {
    doors[`SASL ${mechanism}`] = ['sasl', { sasl: login(mechanism) }]
    doors[`SASL ${mechanism} over TLS`] = ['saslSsl', { ssl, sasl: login(mechanism) }]
  }

  test.each(Object.entries(doors))('%s: takes a record and gives it back', async (_, access) => {
    const topic = await createTopic('door')
    await send(topic, access)
    expect(await firstOf(topic, access)).toBe('value')
  })

  test.each(MECHANISMS)('SASL %s: refuses a wrong password', async (mechanism) => {
    const access: Access = ['sasl', { sasl: login(mechanism, 'wrong') }]
    await expect(send(await createTopic('refused'), access, 1)).rejects.toThrow(/authentication/i)
  })

  test('mutual TLS: refuses a client without a certificate', async () => {
    const topic = await createTopic('refused')
    await expect(send(topic, ['mtls', { ssl }], 1)).rejects.toThrow()
    expect(await readAll(topic)).toEqual([])
  })

  test('creates no topic on demand', async () => {
    await expect(send('never-created', ['plaintext'], 1)).rejects.toThrow(/topic-partition/)
  })
})

describeKafka('helpers for topics', () => {
  test('many records are read, all and in order', async () => {
    const topic = await createTopic('many', 2)
    const values = Array.from({ length: 1_200 }, (_, index) => String(index))
    const headers = { colour: 'green' }
    await produce(
      topic,
      values.map((value) => ({ key: null, value, headers, partition: 1 })),
    )
    const records = await readAll(topic)
    expect(records.map(({ value }) => value)).toEqual(values)
    expect(records[0]).toEqual({ key: null, value: '0', headers, partition: 1, offset: 0 })
  })

  test('an empty topic, a tombstone, and records of a committed transaction are read', async () => {
    const topic = await createTopic('ends', 1)
    expect(await readAll(topic)).toEqual([])
    await produce(topic, [{ key: 'k', value: null }])
    await transact(topic, 'commit')
    await transact(topic, 'abort')
    const values = async () => (await readAll(topic)).map(({ value }) => value)
    await expect.poll(values, { timeout: 10_000 }).toEqual([null, 'commit'])
  })

  test('the lag of a group is known before, during and after its reading', async () => {
    const topic = await createTopic('lag', 2)
    const lags: number[] = []
    const look = async () => void lags.push(await lag(`reader-of-${topic}`, topic))
    await produce(topic, [{ value: 'a', partition: 1 }])
    await look()
    await firstOf(topic, ['plaintext'])
    await look()
    await produce(
      topic,
      ['b', 'c', 'd'].map((value, index) => ({ value, partition: index % 2 })),
    )
    await look()
    expect(lags).toEqual([1, 0, 3])
  })
})

/** Retries for a topic that has no leader yet. */
function client([listener, how = {}]: Access, retries = 10): Kafka {
  return new Kafka({ brokers: [kafka.addresses[listener]], ...how, logLevel: logLevel.NOTHING, retry: { retries } })
}

async function send(topic: string, access: Access, retries?: number): Promise<void> {
  const producer = client(access, retries).producer()
  try {
    await producer.connect()
    await producer.send({ topic, messages: [{ key: 'key', value: 'value' }] })
  } finally {
    await producer.disconnect()
  }
}

/** Reads a topic and commits on leaving. */
async function firstOf(topic: string, access: Access): Promise<string | undefined> {
  const consumer = client(access).consumer({ groupId: `reader-of-${topic}`, maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const value = await new Promise<string | undefined>((resolve, reject) => {
    consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) }).catch(reject)
  })
  await consumer.disconnect()
  return value
}

async function transact(topic: string, end: 'commit' | 'abort'): Promise<void> {
  const options = { transactionalId: topic, maxInFlightRequests: 1, idempotent: true }
  const producer = client(['plaintext']).producer(options)
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ key: 'k', value: end }] })
  await transaction[end]()
  await producer.disconnect()
}
