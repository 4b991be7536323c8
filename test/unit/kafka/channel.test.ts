import { describe, expect, test, vi } from 'vitest'
import type { KafkaDriver, TopicMessages } from '../../../adapters/channel/kafka/driver.ts'
import { kafkaChannel, kafkaSource } from '../../../adapters/channel/kafka/index.ts'
import type { KafkaSettings } from '../../../adapters/channel/kafka/settings.ts'
import { BatutaError } from '../../../src/errors.ts'
import { fakeDriver } from '../../fakes/kafka.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { settings } from './consumer/source-stage.ts'

/** The fake driver of the next test. */
const library = vi.hoisted(() => ({ driver: undefined as KafkaDriver | undefined }))
vi.mock('../../../adapters/channel/kafka/kafkajs/client.ts', () => ({ kafkajsDriver: () => library.driver }))

const COMMAND = { id: 's-é/0/0', sagaId: 's-é', label: 'pay', channel: 'bank', payload: { sum: 12 } }
const AWAY = new BatutaError('broker-unreachable', 'nobody answers')

function cluster(topics: Record<string, number>) {
  const [runtime, driver] = [simulatedRuntime(), fakeDriver()]
  driver.topics = topics
  library.driver = driver
  const configurations = (more: Partial<KafkaSettings>) => ({ id: 'bank', configurations: settings(more) })
  return { runtime, driver, configurations }
}

/** A channel to the topics "out" and "copy". */
async function channelOf(sends: (messages: readonly TopicMessages[]) => Promise<void>) {
  const { runtime, driver, configurations } = cluster({ out: 1, copy: 1 })
  driver.sends = sends
  const channel = await kafkaChannel(configurations({ outputTopics: ['out', 'copy'] }), runtime)
  if (channel === undefined) throw new Error('there is no channel')
  return { runtime, driver, channel }
}

describe('C3.1 a command', () => {
  test('goes to every output topic: saga id as key, label and metadata as value, command id as header', async () => {
    const { runtime, driver, channel } = await channelOf(async () => undefined)
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const sending = channel.send({ ...COMMAND, trace })
    await runtime.advance(10)
    expect(await sending).toEqual({ kind: 'delivered' })
    const messages = [
      {
        key: 's-é',
        value: '{"messageLabel":"pay","messagePayload":{"sum":12}}',
        headers: { 'idempotency-key': 's-%C3%A9/0/0', traceparent: trace },
      },
    ]
    const sent = driver.producers.map((producer) => producer.sent)
    expect(sent).toEqual([[[{ topic: 'out', messages }]], [[{ topic: 'copy', messages }]]])
  })

  test('C3.6 has handed-on headers beside its own, a character of them as a byte', async () => {
    const { runtime, driver, channel } = await channelOf(async () => undefined)
    const sending = channel.send({ ...COMMAND, headers: { miauserid: 'Zo\u00C3\u00AB', 'x-request-id': 'r' } })
    await runtime.advance(10)
    expect(await sending).toEqual({ kind: 'delivered' })
    const [[[sent] = []] = []] = driver.producers.map((producer) => producer.sent)
    expect(sent?.messages[0]?.headers).toEqual({
      miauserid: Buffer.from('Zoë'),
      'x-request-id': Buffer.from('r'),
      'idempotency-key': 's-%C3%A9/0/0',
    })
  })

  test.each<[string, unknown, object]>([
    ['a broker that is away', AWAY, { kind: 'unreachable', why: 'nobody answers' }],
    ['one that refuses', new BatutaError('broker-refused', 'no right'), { kind: 'unreachable', why: 'no right' }],
    ['a failure of any kind', new Error('what?'), { kind: 'unreachable', why: 'send to the Kafka brokers: what?' }],
    [
      'a message that is too large',
      new BatutaError('message-too-large', 'too large'),
      { kind: 'rejected', status: 413, retryable: false, answer: 'too large' },
    ],
  ])('P15 %s gives the matching result', async (_, thrown, expected) => {
    const { runtime, channel } = await channelOf(() => Promise.reject(thrown))
    const sending = channel.send(COMMAND)
    await runtime.advance(7_000) // the patience for a lost leader
    expect(await sending).toEqual(expected)
  })

  test.each<[string, unknown, object]>([
    [
      'is gone',
      new BatutaError('topic-missing', 'no such topic'),
      { kind: 'unreachable', why: 'not in "copy", while the other topics have it: no such topic' },
    ],
    [
      'refuses it',
      new BatutaError('message-refused', 'compacted'),
      { kind: 'rejected', status: 422, retryable: false, answer: 'compacted' },
    ],
  ])(
    'I2 in one topic, while the other %s, is not delivered, and the result names the topic',
    async (_, thrown, expected) => {
      const { runtime, driver, channel } = await channelOf(async ([first]) => {
        if (first?.topic === 'copy') throw thrown
      })
      const sending = channel.send(COMMAND)
      await runtime.advance(10)
      expect(await sending).toEqual(expected)
      driver.sends = undefined
    },
  )

  test('P15 a topic without an answer outweighs one that refused', async () => {
    const { runtime, channel } = await channelOf(async ([first]) => {
      throw first?.topic === 'out' ? new BatutaError('message-too-large', 'too large') : AWAY
    })
    const sending = channel.send(COMMAND)
    await runtime.advance(7_000)
    expect(await sending).toEqual({ kind: 'unreachable', why: 'nobody answers' })
  })

  test('C7 the probe names an output topic that is missing', async () => {
    const { driver, channel } = await channelOf(async () => undefined)
    expect(await channel.probe()).toEqual({ ok: true })
    driver.topics = { out: 1 }
    expect(await channel.probe()).toEqual({
      ok: false,
      why: 'channel "bank": the topic "copy" does not exist, or may not be seen',
    })
  })

  test("P12 ends before the channel's time-out when a broker hangs", async () => {
    const { runtime, channel } = await channelOf(() => new Promise(() => undefined))
    const sending = channel.send(COMMAND)
    await runtime.advance(channel.timeout - 1)
    expect(await Promise.race([sending, Promise.resolve('nothing yet')])).toMatchObject({ kind: 'unreachable' })
  })

  test('is unreachable after the channel was closed', async () => {
    const { channel } = await channelOf(async () => undefined)
    await channel.close()
    expect(await channel.send(COMMAND)).toMatchObject({ kind: 'unreachable' })
  })
})

test('there is no channel without output topics, and no source without input topics', async () => {
  const { runtime, driver, configurations } = cluster({})
  const place = { runtime, metrics: fakeMetrics() }
  expect(await kafkaChannel(configurations({}), runtime)).toBeUndefined()
  expect(await kafkaSource(configurations({ inputTopics: [] }), place)).toBeUndefined()
  expect(driver.admins).toBe(0)
})

describe('at start', () => {
  const open = ({ runtime, configurations }: ReturnType<typeof cluster>, more: Partial<KafkaSettings> = {}) =>
    kafkaSource(configurations(more), { runtime, metrics: fakeMetrics() })

  test.each<[string, Partial<KafkaSettings>, RegExp]>([
    ['a topic', { inputTopics: ['orders', 'gone'] }, /open the Kafka channel "bank": the topic "gone" does not exist/],
    ['topics', { inputTopics: ['gone', 'lost'] }, /the topics "gone", "lost" do not exist/],
    ['the topic of the dead letters', { deadLetterTopic: 'dead' }, /the topic "dead" does not exist/],
  ])('the error names %s that does not exist', async (_, more, why) => {
    const opening = open(cluster({ orders: 1 }), more)
    await expect(opening).rejects.toMatchObject({ code: 'topic-missing', message: expect.stringMatching(why) })
  })

  test('brokers that do not answer are asked again for 30 s', async () => {
    const made = cluster({ orders: 1 })
    made.driver.trouble = () => Promise.reject(AWAY)
    const opening = open(made)
    await made.runtime.advance(29_500)
    made.driver.trouble = undefined
    await made.runtime.advance(1_000)
    expect((await opening)?.id).toBe('bank')
    expect(made.runtime.logged.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })

  test('brokers that never answer are an error', async () => {
    const made = cluster({ orders: 1 })
    made.driver.trouble = () => Promise.reject(AWAY)
    const opening = open(made)
    const end = expect(opening).rejects.toMatchObject({
      code: 'broker-unreachable',
      message: 'open the Kafka channel "bank": nobody answers',
    })
    await made.runtime.advance(60_000)
    await end
  })

  test('brokers that refuse are asked once', async () => {
    const made = cluster({ orders: 1 })
    let asked = 0
    made.driver.trouble = () => {
      asked++
      return Promise.reject(new BatutaError('broker-refused', 'wrong password'))
    }
    await expect(open(made)).rejects.toMatchObject({ code: 'broker-refused' })
    expect(asked).toBe(1)
  })
})
