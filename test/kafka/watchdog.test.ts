import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { CONFIRMS } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { describeKafka } from '../services/kafka.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import { startProxiedBroker } from './support/proxied-broker.ts'
import type { ProxiedBroker } from './support/proxied-broker.ts'
import { FETCH, PRODUCE } from './support/kafka-proxy.ts'
import { create, reached } from './support/saga.ts'

interface All {
  /** Its id at the proxy. */
  readonly client: string
  readonly fixture: KafkaFixture
  readonly here: InProcessService
  readonly peer: KafkaPeer
}

/** Longer than a session, a request and an interval of the watchdog together. */
const HEALED = 40_000

describeKafka('failing connections to the broker', () => {
  let there: ProxiedBroker
  beforeAll(async () => void (there = await startProxiedBroker()))
  afterAll(() => there?.close())

  async function start(client: string, own: TestContext): Promise<All> {
    const fixture = await there.fixture({ channel: client })
    const here = await startInProcess(fixture.file)
    const answers = { script: CONFIRMS, to: fixture.events }
    const peer = await KafkaPeer.join({ address: there.broker.addresses.plaintext, hears: [fixture.commands], answers })
    own.onTestFinished(async () => void (await Promise.all([here.stop(), peer.close()])))
    own.onTestFailed(() => console.log(here.logged.map((line) => JSON.stringify(line)).join('\n'))) // such a failure is rare
    const id = await create(here.ask)
    await reached(here.ask, id, 'reservationConfirmed')
    return { client: `batuta-${client}`, fixture, here, peer }
  }

  /** Waits until all sagas end; the client repeats requests without an answer. */
  async function ends({ ask }: InProcessService, ids: readonly string[]): Promise<void> {
    for (const id of ids) await reached(ask, id, { state: 'reservationConfirmed', within: HEALED })
  }

  async function atRest({ fixture, here, peer }: All): Promise<void> {
    await eventually(
      async () => ((await there.topics.lag(fixture.group, fixture.events)) === 0 ? true : undefined),
      HEALED,
    )
    await eventually(async () => ((await here.ask('/-/healthz')).status === 200 ? true : undefined))
    await eventually(async () => ((await here.ask('/-/ready')).status === 200 ? true : undefined))
    const values = new Map<string, string>()
    for (const { key, value, headers } of peer.heard) {
      const name = `${key} ${JSON.stringify(headers)}`
      expect(value).toBe(values.get(name) ?? value)
      values.set(name, value)
    }
  }

  test.concurrent.for(['end', 'reset'] as const)(
    'C7 I1 I2 all connections are cut (%s), again and again',
    async (how, own) => {
      const all = await start(`cut-${how}`, own)
      const ids: string[] = []
      for (let times = 0; times < 4; times++) {
        ids.push(...(await Promise.all(Array.from({ length: 5 }, () => create(all.here.ask)))))
        there.proxy.cut(all.client, how)
      }
      await ends(all.here, ids)
      await atRest(all)
    },
  )

  test.concurrent('C7 I1 a Fetch answer that breaks off in the middle', async (own) => {
    const all = await start('fetch', own)
    let times = 0
    there.proxy.answers(all.client, (api) => (api === FETCH && ++times === 1 ? 'break' : 'pass'))
    await eventually(() => (times > 0 ? true : undefined))
    await ends(all.here, await Promise.all(Array.from({ length: 5 }, () => create(all.here.ask))))
    await atRest(all)
  })

  test.concurrent('C7 I2 a Produce answer that breaks off in the middle: written, and perhaps once more', async (own) => {
    const all = await start('produce', own)
    let times = 0
    there.proxy.answers(all.client, (api) => (api === PRODUCE && ++times === 1 ? 'break' : 'pass'))
    await ends(all.here, await Promise.all(Array.from({ length: 5 }, () => create(all.here.ask))))
    expect(times).toBeGreaterThan(1)
    await atRest(all)
  })

  test.concurrent('C7 I1 I2 open connections that carry nothing more', async (own) => {
    const all = await start('frozen', own)
    there.proxy.freeze(all.client)
    const ids = await Promise.all(Array.from({ length: 5 }, () => create(all.here.ask)))
    await there.topics.produce(all.fixture.events, [{ key: 'nobody', value: event('', '', 'x').value as string }])
    await ends(all.here, ids)
    await atRest(all)
  })

  test.concurrent('I2 I7 Produce without an answer: the next send, of the same size, is not dropped as a duplicate', async (own) => {
    const all = await start('swallowed', own)
    let swallowed = 0
    there.proxy.answers(all.client, (api) => (api === PRODUCE && swallowed < 2 && ++swallowed > 0 ? 'swallow' : 'pass'))
    const first = await create(all.here.ask, { n: 1 })
    await eventually(() => (swallowed === 2 ? true : undefined), HEALED)
    const second = await create(all.here.ask, { n: 2 })
    await ends(all.here, [first, second])
    const heard = (id: string) => new Set(all.peer.heard.filter(({ key }) => key === id).map(({ value }) => value))
    expect(heard(first).size).toBe(2)
    expect(heard(second).size).toBe(2)
    await atRest(all)
  })

  test.concurrent('C7 a broker that answers no client: readiness fails, liveness does not, and readiness recovers with it', async (own) => {
    const all = await start('deaf', own)
    there.proxy.deafen(all.client)
    const ids = await Promise.all(Array.from({ length: 3 }, () => create(all.here.ask)))
    const why = await eventually(async () => {
      const { status, json } = await all.here.ask('/-/ready')
      return status === 503 ? (json as { message: string }).message : undefined
    }, 15_000)
    expect(why).toContain('"deaf"')
    expect((await all.here.ask('/-/healthz')).status).toBe(200)
    there.proxy.hear(all.client)
    await ends(all.here, ids)
    await atRest(all)
  })
})
