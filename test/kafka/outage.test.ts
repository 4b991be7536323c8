import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { pathProblems } from '../../testing/checker/path.ts'
import { startBroker } from '../../testing/broker/broker.ts'
import type { Broker } from '../../testing/broker/broker.ts'
import { CONFIRMS } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { describeKafka, lag, produce } from '../services/kafka.ts'
import { Topics } from '../services/topics.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { LoggedLine } from './support/in-process-service.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import { SESSION } from './support/kafka-saga.ts'
import { askOf, create, probe, reached } from './support/saga.ts'
import { sharedStore } from './support/store-handles.ts'

const isAway = ({ code }: LoggedLine) => code === 'store.away'

describeKafka('an outage of the store', () => {
  test.concurrent('P20 I1 I4 commits nothing, ends no membership, and all goes on after it', async (own) => {
    const fixture = await makeFixture()
    const store = sharedStore(memoryPersistency()).door()
    const here = await startInProcess(fixture.file, { store })
    own.onTestFinished(() => here.stop())
    const joined = () => here.logged.filter(({ code }) => code === 'kafka.joined').length
    const ids = await Promise.all(Array.from({ length: 40 }, () => create(here.ask)))
    const say = (label: string) =>
      produce(
        fixture.events,
        ids.map((key) => ({ key, value: event('', '', { label, payload: { [label]: true } }).value as string })),
      )
    await eventually(() => (joined() === 1 ? true : undefined))

    store.isDown = true
    await say('validationOK')
    await say('checkOK')
    expect(await probe(here.ask, '/-/ready', 503)).toContain('the store is down')
    const paused = await eventually(() => (here.logged.some(isAway) ? Date.now() : undefined))
    await eventually(async () => {
      expect(await lag(fixture.group, fixture.events)).toBe(80)
      expect((await here.ask('/-/healthz')).status).toBe(200)
      return Date.now() > paused + SESSION ? true : undefined // a member that is silent for a session is fenced
    })

    store.isDown = false
    for (const id of ids) {
      const found = await reached(here.ask, id, 'reservationConfirmed')
      expect(pathProblems(fixture.file.machineDefinition, found)).toEqual([])
      expect(found.metadata).toEqual({ validationOK: true, checkOK: true })
    }
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    expect(joined()).toBe(1)
    expect(here.logged.filter(isAway)).toHaveLength(1)
    expect(await probe(here.ask, '/-/ready', 200)).toBe('')
  })

  test.concurrent('P20 I1 I4 a worker that is stopped meanwhile has committed nothing that is not written', async (own) => {
    const fixture = await makeFixture()
    const { door } = sharedStore(memoryPersistency())
    const away = door()
    const here = await startInProcess(fixture.file, { store: away })
    const ids = await Promise.all(Array.from({ length: 10 }, () => create(here.ask)))
    const records = ids.map((key) => ({ key, value: event('', '', 'validationOK').value as string }))
    await eventually(() => here.logged.find(({ code }) => code === 'kafka.joined'))
    away.isDown = true
    await produce(fixture.events, records)
    await eventually(() => (away.asked > 0 ? true : undefined))
    await here.stop()
    expect(await lag(fixture.group, fixture.events)).toBe(10)
    const next = await startInProcess(fixture.file, { store: door() })
    own.onTestFinished(() => next.stop())
    for (const id of ids) await reached(next.ask, id, 'reservationValidated')
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
  })

  test.concurrent('P20 I5 C4.6 for one saga alone holds no other partition', async (own) => {
    const fixture = await makeFixture({ partitions: 2 })
    const store = sharedStore(memoryPersistency()).door()
    const here = await startInProcess(fixture.file, { store })
    own.onTestFinished(() => here.stop())
    const [stuck = '', ...others] = await Promise.all(Array.from({ length: 11 }, () => create(here.ask)))
    store.refused = stuck
    own.onTestFinished(async () => void (store.refused = undefined))
    const say = (keys: readonly string[], label: string, partition: number) =>
      produce(
        fixture.events,
        keys.map((key) => ({ key, value: event('', '', label).value as string, partition })),
      )
    await say([stuck, ...others.slice(0, 5)], 'validationOK', 0)
    await say(others.slice(5), 'validationOK', 1)
    for (const id of others) await reached(here.ask, id, 'reservationValidated')
    await say(others.slice(5), 'checkOK', 1)
    for (const id of others.slice(5)) await reached(here.ask, id, { state: 'reservationConfirmed', within: 5_000 })
    await eventually(() => here.logged.find(({ code }) => code === 'kafka.partition-waits'))
    store.refused = undefined
    await reached(here.ask, stuck, 'reservationValidated')
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
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
    const fixture = await makeFixture({ create: (name, partitions) => topics.create(name, partitions), settings })
    const worker = await workerOf(fixture)
    own.onTestFinished(() => worker.stop())
    await worker.start()
    const ask = askOf(worker)
    const count = { length: 5 }
    const before = await Promise.all(Array.from(count, () => create(ask)))
    await eventually(async () => ((await topics.readAll(fixture.commands)).length === 5 ? true : undefined))

    await broker.kill()
    const during = await Promise.all(Array.from(count, () => create(ask)))
    expect(await probe(ask, '/-/ready', 503)).toMatch(/.{10}/)
    expect(await probe(ask, '/-/ready', 503)).toContain('"kafkaChannel"')
    expect((await ask('/-/check-up')).status).toBe(503)
    expect((await ask('/-/healthz')).status).toBe(200)
    await broker.restart()
    expect((await ask('/-/healthz')).status).toBe(200)

    const answers = { script: CONFIRMS, to: fixture.events }
    const peer = await KafkaPeer.join({ address: broker.addresses.plaintext, hears: [fixture.commands], answers })
    own.onTestFinished(() => peer.close())
    await probe(ask, '/-/ready', { status: 200, within: 30_000 })
    for (const id of [...before, ...during]) await reached(ask, id, { state: 'reservationConfirmed', within: 30_000 })
    await eventually(async () => ((await topics.lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    for (const id of [...before, ...during]) {
      const own = peer.heard.filter(({ key }) => key === id)
      expect(new Set(own.map(({ headers }) => headers[0]?.[1]))).toEqual(new Set([`${id}/0/0`, `${id}/1/0`]))
      expect(new Set(own.map(({ value, headers }) => JSON.stringify([value, headers]))).size).toBe(2)
    }
  })
})
