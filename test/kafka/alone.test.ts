import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import type { TestContext } from 'vitest'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka, lag, produce } from '../services/kafka.ts'
import type { NewRecord } from '../services/kafka.ts'
import type { Worker } from '../services/worker.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { ForeignMember } from './support/foreign-member.ts'
import { startInProcess } from './support/in-process-service.ts'
import { event } from './support/kafka-peer.ts'
import { SESSION } from './support/kafka-saga.ts'
import { askOf, create, document, probe, reached } from './support/saga.ts'
import type { AskService } from './support/saga.ts'

/** Time for the rebalance after a member's session. */
const SLACK = 12_000

describeKafka('one process with a store of its own', () => {
  async function prepare(
    own: TestContext,
    fixture: KafkaFixture,
    environment: Record<string, string> = {},
  ): Promise<Worker> {
    const worker = await workerOf(fixture, environment)
    own.onTestFinished(() => worker.stop())
    return worker
  }

  async function foreigner(own: TestContext, fixture: KafkaFixture): Promise<ForeignMember> {
    const joined = await ForeignMember.join(fixture)
    own.onTestFinished(() => joined.leave())
    return joined
  }

  async function sagas(ask: AskService, count: number): Promise<string[]> {
    return Promise.all(Array.from({ length: count }, () => create(ask)))
  }

  /** In turn on both partitions, each saga in one of them. */
  const records = (ids: readonly string[], label: string): NewRecord[] =>
    ids.map((key, index) => ({ key, value: event('', '', label).value as string, partition: index % 2 }))

  const confirmed = async (ask: AskService, ids: readonly string[], within = 20_000) => {
    for (const id of ids) await reached(ask, id, { state: 'reservationConfirmed', within })
  }

  test.concurrent('P22 an empty store is refused where events were acknowledged before, unless that is allowed', async (own) => {
    const fixture = await makeFixture()
    await produce(fixture.events, records(['a', 'b'], 'validationOK'))
    await commit(fixture, '1')
    const worker = await prepare(own, fixture)
    expect(await worker.launch()).toMatchObject({ code: 1 })
    expect(worker.stderr).toMatch(/batuta could not start: .*"sqlite".*empty.*"kafkaChannel".*ALLOW_EMPTY_STORE/)
    expect(await lag(fixture.group, fixture.events)).toBe(1)
    const willing = await prepare(own, fixture, { ALLOW_EMPTY_STORE: 'true' })
    await willing.start()
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
  })

  test.concurrent('P22 I1 a group without commits is not refused, and begins at the oldest record', async (own) => {
    const fixture = await makeFixture()
    await produce(fixture.events, records(['a', 'b'], 'validationOK'))
    const worker = await prepare(own, fixture)
    await worker.start()
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    expect((await askOf(worker)('/-/metrics')).text).toContain('batuta_events_total{outcome="unknown-saga"} 2')
  })

  test.concurrent('P22 I1 I2 the successor of a killed process has all partitions after its session', async (own) => {
    const fixture = await makeFixture()
    const worker = await prepare(own, fixture)
    await worker.start()
    const ask = askOf(worker)
    const ids = await sagas(ask, 20)
    await produce(fixture.events, records(ids, 'validationOK'))
    await reached(ask, ids.at(-1) as string, 'reservationValidated')
    await worker.kill()
    await produce(fixture.events, records(ids, 'checkOK'))
    const from = Date.now()
    await worker.start()
    await confirmed(ask, ids, SESSION + SLACK)
    expect(Date.now() - from).toBeGreaterThan(SESSION / 2) // the killed process was still a member
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    expect(worker.stderr).not.toContain('could not')
  })

  test.concurrent('P22 another member at start is waited for as long as the session of a dead one, then refused', async (own) => {
    const fixture = await makeFixture()
    const other = await foreigner(own, fixture)
    const worker = await prepare(own, fixture)
    const from = Date.now()
    const ended = worker.launch()
    await eventually(() => (other.partitions.length === 1 ? true : undefined))
    await produce(fixture.events, records(['a', 'b'], 'validationOK'))
    expect(await ended).toMatchObject({ code: 1 })
    expect(Date.now() - from).toBeGreaterThan(SESSION)
    expect(worker.stderr).toMatch(
      new RegExp(`batuta could not go on: .*another member .*"${fixture.group}".*"${fixture.events}"`),
    )
    expect(worker.stdout).not.toContain('kafka.poison') // it read no record
    await eventually(() => (other.taken.length === 2 ? true : undefined))
  })

  test.concurrent.for([
    ['after it had read', 10],
    ['before it had read anything', 0],
  ] as const)(
    'P22 I1 another member that joins later, %s: the gate closes, and no event is lost',
    async ([, first], own) => {
      const fixture = await makeFixture()
      const here = await startInProcess(fixture.file)
      own.onTestFinished(() => here.stop())
      const { ask } = here
      await eventually(() => here.logged.find(({ code }) => code === 'kafka.joined'))
      await confirmedBefore(fixture, ask, first)
      const ids = await sagas(ask, 20)
      const other = await foreigner(own, fixture)
      const why = await probe(ask, '/-/ready', 503)
      expect(why).toMatch(new RegExp(`"kafkaChannel".*another member.*"${fixture.group}".*"${fixture.events}"`))

      await produce(fixture.events, records(ids, 'validationOK'))
      const its = other.partitions[0] ?? -1
      await eventually(() => (other.taken.length >= 10 ? true : undefined))
      expect(other.partitions).toHaveLength(1)
      for (const id of ids) expect(await document(ask, id)).toMatchObject({ currentState: 'reservationCreated' })
      await eventually(async () => ((await lag(fixture.group, fixture.events)) === 10 ? true : undefined)) // the other member's half is committed
      expect(other.taken.every((place) => place.startsWith(`${its}/`))).toBe(true)

      await other.leave()
      await probe(ask, '/-/ready', 200)
      for (const id of ids) await reached(ask, id, 'reservationValidated')
      await produce(fixture.events, records(ids, 'checkOK'))
      await confirmed(ask, ids)
      await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
      expect(here.failed()).toBeUndefined()
    },
  )

  async function confirmedBefore(fixture: KafkaFixture, ask: AskService, count: number): Promise<void> {
    const ids = await sagas(ask, count)
    await produce(fixture.events, [...records(ids, 'validationOK'), ...records(ids, 'checkOK')])
    await confirmed(ask, ids)
  }

  /** Commits like a member that leaves. */
  async function commit({ group, events }: KafkaFixture, offset: string): Promise<void> {
    const admin = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.setOffsets({ groupId: group, topic: events, partitions: [{ partition: 0, offset }] })
    await admin.disconnect()
  }
})
