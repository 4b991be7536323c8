import { expect, test } from 'vitest'
import type { KafkajsClient } from '../../../../adapters/channel/kafka/kafkajs/tuning.ts'
import type { Partitioner } from '../../../../adapters/channel/kafka/kafkajs/partitioner.ts'
import { openProducer } from '../../../../adapters/channel/kafka/kafkajs/producer.ts'
import { Sockets } from '../../../../adapters/channel/kafka/kafkajs/sockets.ts'

interface WrittenPartition {
  readonly topicName: string
  readonly partition: number
}
interface SendRequest {
  readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly { readonly key: string }[] }[]
}

const partitionMetadata = Array.from({ length: 4 }, (_, partitionId) => ({
  partitionErrorCode: 0,
  partitionId,
  leader: 1,
  replicas: [1],
  isr: [1],
}))
/** Keys of different partitions of four. */
const [HERE, THERE] = ['abc', '21'] as const // 3 and 0
const to = (topic: string, ...keys: string[]) => ({
  topic,
  messages: keys.map((key) => ({ key, value: '{}', headers: {} })),
})

/** A fake kafkajs that partitions messages and answers with the test's result. */
function stage() {
  const requests: SendRequest[] = []
  const answers: ((written: readonly WrittenPartition[]) => readonly WrittenPartition[])[] = []
  const producer = ({ createPartitioner }: { readonly createPartitioner: () => Partitioner }) => {
    const place = createPartitioner()
    return {
      connect: async () => undefined,
      disconnect: async () => undefined,
      async sendBatch(request: SendRequest) {
        requests.push(request)
        const written = request.topicMessages.flatMap(({ topic, messages }) =>
          messages.map((message) => ({
            topicName: topic,
            partition: place({ topic, partitionMetadata, message: { ...message, value: null } }),
          })),
        )
        const answer = answers.shift()
        return answer === undefined ? written : answer(written)
      },
    }
  }
  const client = { kafka: { producer }, sockets: new Sockets() } as unknown as KafkajsClient
  return { requests, answers, open: () => openProducer(client, new Map()) }
}

test('I2 a send whose answer names every partition that got messages is a success', async () => {
  const { requests, open } = stage()
  const producer = await open()
  await producer.send([to('a', HERE, THERE, HERE), to('b', HERE)])
  expect(requests).toMatchObject([{ acks: -1, topicMessages: [{ topic: 'a' }, { topic: 'b' }] }])
})

test.each([
  [
    'the partition of a topic',
    ({ topicName, partition }: WrittenPartition) => topicName !== 'a' || partition !== 0,
    'a/0',
  ],
  ['a whole topic', ({ topicName }: WrittenPartition) => topicName !== 'b', 'b/3'],
  ['anything', () => false, 'a/3, a/0, b/3'],
])('I2 an answer without %s is no success', async (_, isNamed, missing) => {
  const { answers, open } = stage()
  const producer = await open()
  answers.push((written) => written.filter(isNamed))
  await expect(producer.send([to('a', HERE, THERE), to('b', HERE)])).rejects.toMatchObject({
    name: 'BatutaError',
    code: 'broker-unreachable',
    message: `send to the Kafka brokers: no answer for ${missing}`,
  })
})

test('I2 partitions without an answer are not expected of the next send', async () => {
  const { answers, open } = stage()
  const producer = await open()
  answers.push(() => [])
  await expect(producer.send([to('a', HERE)])).rejects.toThrow('no answer for')
  await producer.send([to('b', HERE)])
})

test('I2 an error of the library becomes a BatutaError with its code', async () => {
  const { answers, open } = stage()
  const producer = await open()
  answers.push(() => {
    throw Object.assign(new Error('the record is too large'), { type: 'MESSAGE_TOO_LARGE' })
  })
  await expect(producer.send([to('a', HERE)])).rejects.toMatchObject({ code: 'message-too-large' })
})

test('P20 the partition of a key is known once a message was sent to its topic', async () => {
  const { open } = stage()
  const producer = await open()
  expect([producer.partitionOf('a', HERE), producer.partitionOf('a', THERE)]).toEqual(['a', 'a'])
  await producer.send([to('a', HERE)])
  expect(producer.partitionOf('a', HERE)).toBe(producer.partitionOf('a', HERE))
  expect(producer.partitionOf('a', HERE)).not.toBe(producer.partitionOf('a', THERE))
  expect([producer.partitionOf('a', null), producer.partitionOf('b', HERE)]).toEqual(['a', 'b'])
})
