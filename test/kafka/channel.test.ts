import { afterAll, beforeAll, expect, test } from 'vitest'
import { kafkaChannel } from '../../adapters/channel/kafka/index.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { Secret } from '../../src/config/secret.ts'
import type { Channel } from '../../src/ports/channel.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import { channelContract } from '../../testing/contract/channel.ts'
import type { ParticipantAnswer, ChannelPeer, Received } from '../../testing/contract/channel.ts'
import { eventually } from '../services/client.ts'
import { describeKafka } from '../services/kafka.ts'
import { KafkaPeer } from './support/kafka-peer.ts'
import { startProxiedBroker } from './support/proxied-broker.ts'
import type { ProxiedBroker } from './support/proxied-broker.ts'
import { PRODUCE } from './support/kafka-proxy.ts'
import type { AnswerFate } from './support/kafka-proxy.ts'

/** Its timers run ten times as fast, since the channel's time-out of ten seconds is fixed. */
function hasty(): Runtime {
  const runtime = nodeRuntime('silent')
  return { ...runtime, after: (wait, run) => runtime.after(wait / 10, run) }
}

/** The fate of the broker's answers, for each answer of a participant in the contract. */
const FATES: Readonly<Record<ParticipantAnswer, AnswerFate>> = {
  yes: 'pass',
  no: 'pass',
  later: 'pass',
  silence: 'swallow',
  'hang-up': 'break',
}

interface OpenChannel {
  readonly channel: Channel
  /** Its client id, by which the proxy knows it. */
  readonly client: string
}

describeKafka('commands over Kafka', () => {
  let there: ProxiedBroker
  let channels = 0
  beforeAll(async () => void (there = await startProxiedBroker()))
  afterAll(() => there?.close())

  async function channelTo(topics: readonly string[]): Promise<OpenChannel> {
    const id = `bank-${channels++}`
    const { username, password } = there.broker.user
    const sasl = { mechanism: 'plain', username: new Secret(username), password: new Secret(password) } as const
    const configurations = {
      brokers: [new Secret(there.proxy.address)],
      authenticationProperties: { sasl },
      inputTopics: [],
      outputTopics: topics,
      fromBeginning: true,
      sessionTimeout: 3_000,
    }
    const channel = await kafkaChannel({ id, configurations }, hasty())
    if (channel === undefined) throw new Error('open a channel with output topics: there is none')
    return { channel, client: `batuta-${id}` }
  }

  /** A participant reads a command a little after the broker has it, so "delivered" waits for that. */
  function heardOf({ channel, client }: OpenChannel, peer: KafkaPeer, plan: ParticipantAnswer[]): Channel {
    let sent = 0
    const send: Channel['send'] = async (command) => {
      const fate = FATES[plan.shift() ?? 'yes']
      there.proxy.answers(client, (api) => (api === PRODUCE ? fate : 'pass'))
      const answer = await channel.send(command)
      if (answer.kind !== 'delivered') return answer
      const count = ++sent
      await eventually(() => (peer.heard.length >= count ? true : undefined))
      return answer
    }
    return { ...channel, send }
  }

  channelContract('Kafka', {
    async open() {
      const topic = await there.topics.create('commands', 2)
      const heard = await KafkaPeer.join({ address: there.broker.addresses.plaintext, hears: [topic] })
      const { channel, client } = await channelTo([topic])
      const plan: ParticipantAnswer[] = []
      const peer: ChannelPeer = {
        get received() {
          return heard.heard.map(received)
        },
        answer: (...answers) => void plan.push(...answers),
        close: () => heard.close(),
      }
      return { channel: heardOf({ channel, client }, heard, plan), peer }
    },
    async unreachable() {
      const { channel, client } = await channelTo([await there.topics.create('commands', 1)])
      there.proxy.deafen(client)
      return channel
    },
    gaps: { verdicts: 'a broker keeps commands and has no opinion on them', largest: 1_000_000 },
  })

  test('P15 I2 commands in one group with one that is too large arrive', async () => {
    const topic = await there.topics.create('commands', 2)
    const { channel } = await channelTo([topic])
    const command = (n: number, text = '') => ({
      id: `s-${n}/0/0`,
      sagaId: `s-${n}`,
      label: 'l',
      channel: 'b',
      payload: { text },
    })
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, n) => channel.send(command(n, n === 7 ? 'x'.repeat(1_200_000) : ''))),
    )
    expect(sent.map(({ kind }) => kind).indexOf('rejected')).toBe(7)
    expect(sent.filter(({ kind }) => kind === 'delivered')).toHaveLength(19)
    const keys = new Set((await there.topics.readAll(topic)).map(({ key }) => key))
    expect(keys).toEqual(new Set(Array.from({ length: 20 }, (_, n) => `s-${n}`).filter((key) => key !== 's-7')))
    await channel.close()
  })

  test('C7 the probe is healthy while a broker answers', async () => {
    const { channel, client } = await channelTo([await there.topics.create('commands', 1)])
    expect(await channel.probe()).toEqual({ ok: true })
    there.proxy.deafen(client)
    expect(await channel.probe()).toMatchObject({ ok: false, why: expect.stringMatching(/.{10}/) })
    there.proxy.hear(client)
    expect(await eventually(async () => ((await channel.probe()).ok ? true : undefined))).toBe(true)
    await channel.close()
  })
})

function received({ key, value, headers, headerBytes }: KafkaPeer['heard'][number]): Received {
  const { messageLabel: label, messagePayload: payload } = JSON.parse(value) as {
    messageLabel: string
    messagePayload: unknown
  }
  const named = Object.fromEntries(headers)
  const id = decodeURIComponent(named['idempotency-key'] ?? '')
  return { id, key, label, payload, trace: named['traceparent'], headers: headerBytes }
}
