import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { CONFIRMS } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { describeKafka } from '../services/kafka.ts'
import type { Bed } from './support/bed.ts'
import { startHere } from './support/here.ts'
import type { Here } from './support/here.ts'
import { event, Peer } from './support/peer.ts'
import { startProxied } from './support/proxied.ts'
import type { Proxied } from './support/proxied.ts'
import { FETCH, PRODUCE } from './support/proxy.ts'
import { create, reached } from './support/saga.ts'

interface All {
  /** As the proxy sees it. */
  readonly client: string
  readonly bed: Bed
  readonly here: Here
  readonly peer: Peer
}

/** Longer than a session, a request and a look of the patrol take together. */
const HEALED = 40_000

describeKafka('failing connections to the broker', () => {
  let there: Proxied
  beforeAll(async () => void (there = await startProxied()))
  afterAll(() => there?.close())

  async function start(client: string, own: TestContext): Promise<All> {
    const bed = await there.bed({ channel: client })
    const here = await startHere(bed.file)
    const answers = { script: CONFIRMS, to: bed.events }
    const peer = await Peer.join({ address: there.broker.addresses.plaintext, hears: [bed.commands], answers })
    own.onTestFinished(async () => void (await Promise.all([here.stop(), peer.close()])))
    own.onTestFailed(() => console.log(here.logged.map((line) => JSON.stringify(line)).join('\n'))) // it will not fail again soon
    const id = await create(here.ask)
    await reached(here.ask, id, 'reservationConfirmed')
    return { client: `batuta-${client}`, bed, here, peer }
  }

  /** All of them end, whatever happens meanwhile; what was not taken in is the client's to send again. */
  async function ends({ ask }: Here, ids: readonly string[]): Promise<void> {
    for (const id of ids) await reached(ask, id, 'reservationConfirmed', HEALED)
  }

  async function atRest({ bed, here, peer }: All): Promise<void> {
    await eventually(async () => ((await there.topics.lag(bed.group, bed.events)) === 0 ? true : undefined), HEALED)
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
    await there.topics.produce(all.bed.events, [{ key: 'nobody', value: event('', '', 'x').value as string }])
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
