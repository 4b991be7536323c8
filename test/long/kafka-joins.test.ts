import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { missing } from '../../testing/broker/broker.ts'
import { CONFIRMS } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { startInProcess } from '../kafka/support/in-process-service.ts'
import { kafkaSaga } from '../kafka/support/kafka-saga.ts'
import { KafkaPeer } from '../kafka/support/kafka-peer.ts'
import { FETCH } from '../kafka/support/kafka-proxy.ts'
import { startProxiedBroker } from '../kafka/support/proxied-broker.ts'
import { create, reached } from '../kafka/support/saga.ts'

const [CLIENT, GROUP, STANDS, HEALED] = ['joins', 'flow', 150_000, 60_000]
const isLeftOut = missing() !== undefined && process.env['CI'] !== 'true'

test.skipIf(isLeftOut)(
  'C7 joins again and again, and takes in no event: it is not ready and says so, until it goes on',
  { timeout: 300_000 },
  async (own) => {
    const there = await startProxiedBroker()
    own.onTestFinished(() => there.close())
    const { broker, proxy, topics } = there
    const [events, commands, other] = await Promise.all(
      ['events', 'commands', 'other'].map((name) => topics.create(name, 2)),
    )
    const authenticationProperties = { sasl: { mechanism: 'plain', ...broker.user } }
    const places = { brokers: [proxy.address], inputTopics: [events], outputTopics: [commands], consumerGroup: GROUP }
    const file = kafkaSaga({ ...places, authenticationProperties, sessionTimeout: 10_000 }, CLIENT)
    const here = await startInProcess(file)
    own.onTestFinished(() => here.stop())
    const address = broker.addresses.plaintext
    const answers = { script: CONFIRMS, to: events ?? '' }
    const peer = await KafkaPeer.join({ address, hears: [commands ?? ''], answers })
    own.onTestFinished(() => peer.close())
    await reached(here.ask, await create(here.ask), 'reservationConfirmed')

    const restless = await joinAndLeave({ address, group: GROUP, topic: other ?? '' })
    own.onTestFinished(() => restless.end())
    proxy.answers(`batuta-${CLIENT}`, (api) => (api === FETCH ? 'swallow' : 'pass'))
    const id = await create(here.ask)
    const logged = here.logged.length
    const ready = async () => (await here.ask('/-/ready')).json as { message?: string }

    own.onTestFailed(() =>
      console.log(
        here.logged
          .slice(logged)
          .filter(({ level }) => level !== 'debug')
          .map((l) => JSON.stringify(l))
          .join('\n'),
      ),
    )
    const message = await eventually(async () => {
      const { message: why = '' } = await ready()
      return why.includes('no event taken in') ? why : undefined
    }, STANDS)
    expect(message).toMatch(/no event taken in for \d+ s, with \d+ joins meanwhile; records wait/)
    await eventually(() => (here.logged.some(({ code }) => code === 'kafka.standstill') ? true : undefined))
    const heard = here.logged.slice(logged).filter(({ level }) => level === 'warn' || level === 'error')
    expect(heard.map(({ code }) => code)).toEqual(['kafka.standstill'])
    expect((await here.ask('/-/healthz')).status).toBe(200) // the other member is at fault, a restart does not help

    proxy.answers(`batuta-${CLIENT}`, () => 'pass')
    await restless.end()
    await reached(here.ask, id, { state: 'reservationConfirmed', within: HEALED })
    await eventually(async () => ((await ready()).message === undefined ? true : undefined), HEALED)
    await eventually(() => (here.logged.some(({ code }) => code === 'kafka.standstill-over') ? true : undefined))
  },
)

interface Membership {
  readonly address: string
  readonly group: string
  readonly topic: string
}

/** A member of the group that reads another topic, joins and leaves again and again: each time all members must join anew. */
async function joinAndLeave({ address, group, topic }: Membership): Promise<{ end(): Promise<void> }> {
  let isOn = true
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING })
  const once = async () => {
    const consumer = kafka.consumer({ groupId: group, sessionTimeout: 10_000 })
    await consumer.connect()
    await consumer.subscribe({ topic })
    await consumer.run({ eachMessage: async () => undefined })
    await sleep(4_000)
    await consumer.disconnect()
    await sleep(2_000)
  }
  const run = async () => {
    while (isOn) await once()
  }
  const running = run()
  return {
    async end() {
      isOn = false
      await running
    },
  }
}
