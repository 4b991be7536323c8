import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { describeKafka, kafka, produce, readAll } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { create, reached } from './support/saga.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))

describeKafka('broker addresses of saga.json', () => {
  let here: InProcessService | undefined
  let relay: Server | undefined
  afterEach(async () => {
    await here?.stop()
    relay?.close()
  })

  test.skipIf(!hasIpv6)('C2.2 an IPv6 address in brackets leads to a broker', async () => {
    relay = createServer((from) => {
      const [host = '', port] = kafka.addresses.plaintext.split(':')
      const to = connect({ host, port: Number(port) })
      from.pipe(to).pipe(from)
      for (const [one, other] of [[from, to] as const, [to, from] as const]) one.on('error', () => other.destroy())
    }).listen(0, '::1')
    await once(relay, 'listening')
    const { port } = relay.address() as AddressInfo
    const { file, commands } = await makeFixture({ settings: { brokers: [`[::1]:${port}`] } })
    here = await startInProcess(file)
    const id = await create(here.ask)
    await reached(here.ask, id, 'reservationCreated')
    expect((await here.ask('/-/ready')).status).toBe(200)
    expect(await readAll(commands)).toMatchObject([{ key: id }])
  })

  test('C2.2 an unusable one is left out, and readiness names it where it is the only one', async () => {
    const { file, events } = await makeFixture({ settings: { brokers: ['kafka', kafka.addresses.plaintext] } })
    here = await startInProcess(file)
    const id = await create(here.ask)
    await produce(events, [{ key: id, value: JSON.stringify({ messageLabel: 'validationOK', messagePayload: {} }) }])
    await reached(here.ask, id, 'reservationValidated')
    const findings = here.logged.filter(({ code }) => code === 'configuration.finding')
    const finding = expect.stringMatching(/brokers\[0\] \(1:\d+\): found "kafka", expected/)
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ finding }) }),
    )
    await here.stop()
    const unusable = await makeFixture({ settings: { brokers: ['kafka'] } })
    here = await startInProcess(unusable.file)
    const { status, text } = await here.ask('/-/ready')
    expect([status, text]).toEqual([503, expect.stringContaining('configurations.brokers[0]')])
    expect((await here.ask('/-/healthz')).status).toBe(200)
  })
})
