import { Admin } from '@platformatic/kafka'
import { afterEach, expect, test } from 'vitest'
import { pathProblems } from '../../testing/checker/path.ts'
import { eventually } from '../services/client.ts'
import { describeKafka, kafka, lag, produce } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import { create, document, reached } from './support/saga.ts'
import { rowOf } from './support/steps.ts'
import { sharedStore } from './support/store-handles.ts'

const [SAGAS, ROUNDS] = [300, 3]
/** Time-out of the channel. A lease ends five seconds after it, and the other process may claim the command. */
const SOON = 1_000

describeKafka('two services of one group on one store', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })
  const untilStopped = (here: InProcessService): InProcessService => {
    closing.push(() => here.stop())
    return here
  }

  const generations = ({ logged }: InProcessService) => logged.filter(({ code }) => code === 'kafka.joined')
  const partitionsOf = (here: InProcessService, { events }: KafkaFixture) =>
    (generations(here).at(-1)?.fields['partitions'] as Record<string, readonly number[]> | undefined)?.[events] ?? []

  test('I1 I3 I4 I5 I8 one of them joins and leaves three times: each event takes effect once, in order', async () => {
    const { machine, script, last } = rowOf(4)
    const fixture = await makeFixture({ partitions: 8 })
    fixture.file.machineDefinition = machine
    const { door } = sharedStore()
    const answers = { script, to: fixture.events, times: 2 }
    const peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [fixture.commands], answers })
    closing.push(() => peer.close())
    const stays = untilStopped(await startInProcess(fixture.file, { store: door(), timeout: SOON }))
    const ids: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const creating = Promise.all(Array.from({ length: SAGAS / ROUNDS }, () => create(stays.ask)))
      const comes = await startInProcess(fixture.file, { store: door(), timeout: SOON })
      await eventually(() => (partitionsOf(comes, fixture).length === 4 ? true : undefined))
      ids.push(...(await creating))
      const more = await Promise.all(Array.from({ length: 20 }, () => create(comes.ask)))
      ids.push(...more)
      await eventually(
        async () => (await document(comes.ask, more[0] as string)).history.events.length > 1 || undefined,
      )
      await comes.stop()
      expect(comes.failed()).toBeUndefined()
    }
    for (const id of ids) {
      const found = await reached(stays.ask, id, last)
      expect(pathProblems(machine, found)).toEqual([])
      expect(found.metadata).toEqual(Object.fromEntries(Object.values(script).map((label) => [label, true])))
    }
    expect(ids).toHaveLength(SAGAS + ROUNDS * 20)
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))

    const values = new Map<string, Set<string>>()
    for (const { key, value, headers } of peer.heard) {
      const id = `${key} ${JSON.stringify(headers)}`
      values.set(id, (values.get(id) ?? new Set()).add(value))
    }
    expect([...values.values()].filter(({ size }) => size !== 1)).toEqual([])
    expect(values.size).toBe(3 * ids.length)
  })

  test('I1 I4 I8 a service that was fenced in the middle of an event overwrites nothing and commits nothing', async () => {
    const fixture = await makeFixture({ partitions: 1 })
    const { door } = sharedStore()
    const held = door()
    const zombie = untilStopped(await startInProcess(fixture.file, { store: held, timeout: SOON }))
    closing.push(async () => held.release())
    await eventually(() => (partitionsOf(zombie, fixture).length === 1 ? true : undefined))
    const ids = await Promise.all([create(zombie.ask), create(zombie.ask)])
    held.hold(() => true)
    const say = (label: string, payload: object) =>
      produce(
        fixture.events,
        ids.map((key) => ({ key, value: event('', '', { label, payload }).value as string })),
      )
    await say('validationOK', { first: true })
    await eventually(() => (held.waiting >= 2 ? true : undefined))
    const before = generations(zombie).length

    const other = untilStopped(await startInProcess(fixture.file, { store: door(), timeout: SOON }))
    await throwOut(fixture)
    await eventually(() => (partitionsOf(other, fixture).length === 1 ? true : undefined))
    for (const id of ids) await reached(other.ask, id, 'reservationValidated')
    await say('checkOK', { second: true })
    const documents = await Promise.all(ids.map((id) => reached(other.ask, id, 'reservationConfirmed')))
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))

    const lags: number[] = []
    held.release()
    await eventually(async () => {
      lags.push(await lag(fixture.group, fixture.events))
      return held.released.length >= 2 && generations(zombie).length > before ? true : undefined
    })
    lags.push(await lag(fixture.group, fixture.events))
    expect(new Set(lags)).toEqual(new Set([0]))
    expect(held.released.some(({ kind }) => kind === 'saved')).toBe(false)
    for (const found of documents) {
      const now = await document(other.ask, found.sagaId)
      expect({ ...now, owed: [] }).toEqual({ ...found, owed: [] })
      expect(now.metadata).toEqual({ first: true, second: true })
    }
    for (const { ask } of [zombie, other])
      expect((await ask('/-/metrics')).text).toMatch(/batuta_events_total\{outcome="unexpected"\} 0$/m)
  })

  test('P13 I2 a saga that the other service has moved before gets its next command at once', async () => {
    const fixture = await makeFixture({ partitions: 2 })
    const { door } = sharedStore()
    const peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [fixture.commands] })
    closing.push(() => peer.close())
    const first = untilStopped(await startInProcess(fixture.file, { store: door() }))
    const second = untilStopped(await startInProcess(fixture.file, { store: door() }))
    await eventually(() => (partitionsOf(second, fixture).length === 1 ? true : undefined))
    const id = await create(first.ask)
    await peer.until(fixture.commands, 1)
    await peer.say([{ ...event(fixture.events, id, 'validationOK'), partition: partitionsOf(second, fixture)[0] ?? 0 }])
    await reached(first.ask, id, 'reservationValidated')
    await peer.until(fixture.commands, 2, 4_000)
  })
})

/** Removes every member of the group, as an operator can. */
async function throwOut({ group }: KafkaFixture): Promise<void> {
  const admin = new Admin({ clientId: 'operator', bootstrapBrokers: [kafka.addresses.plaintext] })
  const [described] = (await admin.describeGroups({ groups: [group] })).values()
  const members = [...(described?.members.keys() ?? [])].map((memberId) => ({ memberId }))
  expect(members.length).toBeGreaterThan(0)
  await admin.removeMembersFromConsumerGroup({ groupId: group, members })
  await admin.close()
}
