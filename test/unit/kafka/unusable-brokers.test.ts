import { describe, expect, test } from 'vitest'
import { kafkaChannel, kafkaSource } from '../../../adapters/channel/kafka/index.ts'
import { seedOf, Sockets } from '../../../adapters/channel/kafka/kafkajs/sockets.ts'
import { Secret } from '../../../src/config/secret.ts'
import { fakeIntake } from '../../fakes/intake.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const WHY = 'communicationProtocols[0].configurations.brokers[0] (4:20): found "kafka", expected host and port'
const OPTIONS = {
  id: 'orders',
  unusableBrokers: [WHY],
  configurations: {
    brokers: [] as readonly Secret[],
    inputTopics: ['events'],
    outputTopics: ['commands'],
    consumerGroup: 'orders',
    authenticationProperties: {},
    fromBeginning: true,
    sessionTimeout: 10_000,
  },
}
const KO = { ok: false, why: `channel "orders": ${WHY}` }

describe('a channel without a usable broker address', () => {
  test('C2.2 I2 opens at once, leaves commands in the outbox, and its readiness names the place in the file', async () => {
    const channel = await kafkaChannel(OPTIONS, simulatedRuntime())
    const command = { id: 's/0/0', sagaId: 's', label: 'pay', channel: 'orders', payload: {} }
    expect(await channel?.send(command)).toEqual({ kind: 'unreachable', why: KO.why })
    expect(await channel?.probe()).toEqual(KO)
    await channel?.close()
  })

  test("C7 P22 takes no events until it is closed, is alive, and does not know the group's offsets", async () => {
    const source = await kafkaSource(OPTIONS, { runtime: simulatedRuntime(), metrics: fakeMetrics() })
    expect([await source?.probe(), source?.alive(), await source?.hasBegun()]).toEqual([KO, { ok: true }, undefined])
    const running = source?.run(fakeIntake(), true)
    await source?.close()
    await expect(running).resolves.toBeUndefined()
  })
})

describe('an IPv6 address', () => {
  test.each([
    ['[::1]:9092', '[__1]', 9_092],
    ['[2001:db8::1]:1', '[2001_db8__1]', 1],
    ['kafka:9092', 'kafka', 9_092],
  ])("%s survives kafkajs's split of host and port", (broker, host, port) => {
    const seed = seedOf(broker)
    expect([seed.split(':')[0], Number(seed.split(':')[1])]).toEqual([host, port])
  })

  test('is an address again in the socket', async () => {
    const sockets = new Sockets()
    const socket = sockets.make({ host: '[__1]', port: 1, ssl: undefined as never, onConnect: () => undefined })
    const thrown = await new Promise((resolve) => socket.once('error', resolve))
    expect(thrown).toMatchObject({ syscall: 'connect', address: '::1' })
    sockets.end()
  })
})
