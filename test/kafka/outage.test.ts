import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { pathProblems } from '../../testing/checker/path.ts'
import { startBroker } from '../../testing/broker/broker.ts'
import type { Broker } from '../../testing/broker/broker.ts'
import { CONFIRMS } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { describeKafka, lag, produce } from '../services/kafka.ts'
import { Topics } from '../services/topics.ts'
import { makeBed, SESSION, workerOf } from './support/bed.ts'
import { startHere } from './support/here.ts'
import type { Line } from './support/here.ts'
import { event, Peer } from './support/peer.ts'
import { askOf, create, probe, reached } from './support/saga.ts'
import { sharedStore } from './support/store.ts'

const isAway = ({ code }: Line) => code === 'store.away'

describeKafka('an outage of the store', () => {
  test.concurrent('P20 I1 I4 commits nothing, ends no membership, and all goes on after it', async (own) => {
    const bed = await makeBed()
    const store = sharedStore(memoryPersistency()).door()
    const here = await startHere(bed.file, { store })
    own.onTestFinished(() => here.stop())
    const joined = () => here.logged.filter(({ code }) => code === 'kafka.joined').length
    const ids = await Promise.all(Array.from({ length: 40 }, () => create(here.ask)))
    const say = (label: string) =>
      produce(
        bed.events,
        ids.map((key) => ({ key, value: event('', '', label, { [label]: true }).value as string })),
      )
    await eventually(() => (joined() === 1 ? true : undefined))

    store.isDown = true
    await say('validationOK')
    await say('checkOK')
    expect(await probe(here.ask, '/-/ready', 503)).toContain('the store is down')
    const paused = await eventually(() => (here.logged.some(isAway) ? Date.now() : undefined))
    await eventually(async () => {
      expect(await lag(bed.group, bed.events)).toBe(80)
      expect((await here.ask('/-/healthz')).status).toBe(200)
      return Date.now() > paused + SESSION ? true : undefined // a member that is silent for one is thrown out
    })

    store.isDown = false
    for (const id of ids) {
      const found = await reached(here.ask, id, 'reservationConfirmed')
      expect(pathProblems(bed.file.machineDefinition, found)).toEqual([])
      expect(found.metadata).toEqual({ validationOK: true, checkOK: true })
    }
    await eventually(async () => ((await lag(bed.group, bed.events)) === 0 ? true : undefined))
    expect(joined()).toBe(1)
    expect(here.logged.filter(isAway)).toHaveLength(1)
    expect(await probe(here.ask, '/-/ready', 200)).toBe('')
  })

  test.concurrent('P20 I1 I4 a worker that is stopped meanwhile has committed nothing that is not written', async (own) => {
    const bed = await makeBed()
    const { door } = sharedStore(memoryPersistency())
    const away = door()
    const here = await startHere(bed.file, { store: away })
    const ids = await Promise.all(Array.from({ length: 10 }, () => create(here.ask)))
    const records = ids.map((key) => ({ key, value: event('', '', 'validationOK').value as string }))
    await eventually(() => here.logged.find(({ code }) => code === 'kafka.joined'))
    away.isDown = true
    await produce(bed.events, records)
    await eventually(() => (away.asked > 0 ? true : undefined))
    await here.stop()
    expect(await lag(bed.group, bed.events)).toBe(10)
    const next = await startHere(bed.file, { store: door() })
    own.onTestFinished(() => next.stop())
    for (const id of ids) await reached(next.ask, id, 'reservationValidated')
    await eventually(async () => ((await lag(bed.group, bed.events)) === 0 ? true : undefined))
  })

  test.concurrent('P20 I5 C4.6 for one saga alone holds no other partition', async (own) => {
    const bed = await makeBed({ partitions: 2 })
    const store = sharedStore(memoryPersistency()).door()
    const here = await startHere(bed.file, { store })
    own.onTestFinished(() => here.stop())
    const [stuck = '', ...others] = await Promise.all(Array.from({ length: 11 }, () => create(here.ask)))
    store.refused = stuck
    own.onTestFinished(async () => void (store.refused = undefined))
    const say = (keys: readonly string[], label: string, partition: number) =>
      produce(
        bed.events,
        keys.map((key) => ({ key, value: event('', '', label).value as string, partition })),
      )
    await say([stuck, ...others.slice(0, 5)], 'validationOK', 0)
    await say(others.slice(5), 'validationOK', 1)
    for (const id of others) await reached(here.ask, id, 'reservationValidated')
    await say(others.slice(5), 'checkOK', 1)
    for (const id of others.slice(5)) await reached(here.ask, id, 'reservationConfirmed', 5_000)
    await eventually(() => here.logged.find(({ code }) => code === 'kafka.partition-waits'))
    store.refused = undefined
    await reached(here.ask, stuck, 'reservationValidated')
    await eventually(async () => ((await lag(bed.group, bed.events)) === 0 ? true : undefined))
  })
})

describeKafka('an outage of the broker', () => {
  let broker: Broker
  let topics: Topics
  beforeAll(async () => {
    broker = await startBroker()
    topics = new Topics(broker.addresses.plaintext)
  })
  afterAll(async () => {
    await topics?.close()
    await broker?.close()
  })

  test('C7 I1 I2 I7 by a kill: readiness fails, liveness does not, nothing is lost, and all goes on after it', async (own) => {
    const settings = { brokers: [broker.addresses.plaintext] }
    const bed = await makeBed({ create: (name, partitions) => topics.create(name, partitions), settings })
    const worker = await workerOf(bed)
    own.onTestFinished(() => worker.stop())
    await worker.start()
    const ask = askOf(worker)
    const count = { length: 5 }
    const before = await Promise.all(Array.from(count, () => create(ask)))
    await eventually(async () => ((await topics.readAll(bed.commands)).length === 5 ? true : undefined))

    await broker.kill()
    const during = await Promise.all(Array.from(count, () => create(ask)))
    expect(await probe(ask, '/-/ready', 503)).toMatch(/.{10}/)
    expect(await probe(ask, '/-/ready', 503)).toContain('"kafkaChannel"')
    expect((await ask('/-/check-up')).status).toBe(503)
    expect((await ask('/-/healthz')).status).toBe(200)
    await broker.restart()
    expect((await ask('/-/healthz')).status).toBe(200)

    const answers = { script: CONFIRMS, to: bed.events }
    const peer = await Peer.join({ address: broker.addresses.plaintext, hears: [bed.commands], answers })
    own.onTestFinished(() => peer.close())
    await probe(ask, '/-/ready', 200, 30_000)
    for (const id of [...before, ...during]) await reached(ask, id, 'reservationConfirmed', 30_000)
    await eventually(async () => ((await topics.lag(bed.group, bed.events)) === 0 ? true : undefined))
    for (const id of [...before, ...during]) {
      const own = peer.heard.filter(({ key }) => key === id)
      expect(new Set(own.map(({ headers }) => headers[0]?.[1]))).toEqual(new Set([`${id}/0/0`, `${id}/1/0`]))
      expect(new Set(own.map(({ value, headers }) => JSON.stringify([value, headers]))).size).toBe(2)
    }
  })
})
