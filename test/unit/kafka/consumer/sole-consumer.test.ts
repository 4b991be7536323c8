import { expect, test } from 'vitest'
import { AdminConnection } from '../../../../adapters/channel/kafka/admin-connection.ts'
import { SoleConsumer } from '../../../../adapters/channel/kafka/consumer/sole-consumer.ts'
import { ConsumerProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { Liveness } from '../../../../adapters/channel/kafka/consumer/liveness.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { assignmentOf, fakeDriver } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { groupSettings } from './source-stage.ts'

const ALL = { orders: [0, 1, 2], payments: [0] }
const SOME = { orders: [0, 2], payments: [0] }

/** A process with a store of its own, in a group that reads three partitions of "orders" and one of "payments". */
function stage() {
  const [runtime, driver, progress] = [simulatedRuntime(), fakeDriver(), new ConsumerProgress()]
  driver.topics = { orders: 3, payments: 1 }
  const liveness = new Liveness({ name: 'it', sessionTimeout: 10_000, progress, runtime })
  const refusals: string[] = []
  const admin = new AdminConnection('kafka', driver, runtime)
  const given = { settings: groupSettings({ inputTopics: ['orders', 'payments'] }), admin, progress, liveness, runtime }
  const soleConsumer = new SoleConsumer({ ...given, refuse: (why) => refusals.push(why) })
  const look = async (assignment: Record<string, number[]>) => {
    liveness.joined(assignmentOf(assignment))
    soleConsumer.check(assignmentOf(assignment))
    await settle()
  }
  return { runtime, driver, progress, liveness, soleConsumer, refusals, look }
}

test('P22 the gate is closed until this process is known to have every partition', async () => {
  const { soleConsumer, look } = stage()
  expect(soleConsumer.hasEveryPartition).toBe(false)
  const looking = look(ALL)
  expect(soleConsumer.hasEveryPartition).toBe(false)
  await looking
  expect(soleConsumer.hasEveryPartition).toBe(true)
})

test.each([
  ['some partitions of a topic', SOME],
  ['a topic', { orders: [0, 1, 2] }],
  ['all', {}],
])('P22 with %s elsewhere the gate stays closed', async (_, assignment) => {
  const { soleConsumer, look } = stage()
  await look(assignment)
  expect(soleConsumer.hasEveryPartition).toBe(false)
})

test('P22 C7 while the members are unknown the gate is closed, and readiness has the reason', async () => {
  const { runtime, driver, liveness, soleConsumer, look } = stage()
  driver.trouble = () => Promise.reject(new BatutaError('broker-unreachable', 'a partition has no leader'))
  await look(ALL)
  expect([soleConsumer.hasEveryPartition, liveness.blocked]).toEqual([
    false,
    'it: it is not known who else is in the group, so nothing is taken in: a partition has no leader',
  ])
  driver.trouble = undefined
  await runtime.advance(1_000)
  expect([soleConsumer.hasEveryPartition, liveness.blocked]).toEqual([true, undefined])
})

test('P22 the start is refused after one session and the time of a rebalance, once, with names', async () => {
  const { runtime, refusals, look } = stage()
  await look(SOME)
  await runtime.advance(12_999)
  expect(refusals).toEqual([])
  await runtime.advance(1)
  expect(refusals).toEqual([
    'read as the only member of "flow": another member of the group "flow" has partitions of "orders", and the store is this ' +
      'process alone; nothing is taken in until the other has left. Stop the other one, or use a store that is shared',
  ])
  await runtime.advance(600_000)
  expect(refusals).toHaveLength(1)
})

test('P22 generations in between do not restart that time', async () => {
  const { runtime, refusals, look } = stage()
  await look(SOME)
  for (let times = 0; times < 3; times++) {
    await runtime.advance(4_000)
    await look(SOME)
  }
  await runtime.advance(1_000)
  expect(refusals).toHaveLength(1)
  await runtime.advance(600_000)
  expect(refusals).toHaveLength(1)
})

test('P22 a killed predecessor that is dropped in time is no reason to refuse', async () => {
  const { runtime, soleConsumer, refusals, look } = stage()
  await look(SOME)
  await runtime.advance(12_000)
  await look(ALL)
  expect(soleConsumer.hasEveryPartition).toBe(true)
  await runtime.advance(600_000)
  expect([refusals, runtime.timers]).toEqual([[], 0])
})

test('P22 a later member closes the gate, and probes have the reason; the gate opens when it leaves', async () => {
  const { runtime, liveness, soleConsumer, refusals, look } = stage()
  await look(ALL)
  await look(SOME)
  expect(soleConsumer.hasEveryPartition).toBe(false)
  expect(liveness.heldBack).toMatch(/another member .* has partitions of "orders"/)
  await runtime.advance(600_000)
  expect(refusals).toEqual([])
  await look(ALL)
  expect([soleConsumer.hasEveryPartition, liveness.heldBack]).toEqual([true, undefined])
})

test('P22 a member that commits during the wait has taken events that are not in this store: refused', async () => {
  const { driver, soleConsumer, refusals, look } = stage()
  driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
  await look(SOME)
  driver.committed = [{ topic: 'orders', partition: 0, offset: '6' }]
  await look(ALL)
  expect([soleConsumer.hasEveryPartition, refusals.length]).toEqual([false, 1])
  expect(refusals[0]).toMatch(/has taken events while this process waited/)
})

test('P22 a killed predecessor commits nothing: not refused', async () => {
  const { driver, soleConsumer, refusals, look } = stage()
  driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
  await look(SOME)
  await look(ALL)
  expect([soleConsumer.hasEveryPartition, refusals]).toEqual([true, []])
})

test('P22 brokers that do not answer are asked again, and the gate stays closed', async () => {
  const { runtime, driver, soleConsumer, refusals, look } = stage()
  driver.trouble = () => Promise.reject(new BatutaError('broker-unreachable', 'nobody answers'))
  await look(ALL)
  await runtime.advance(60_000)
  expect([soleConsumer.hasEveryPartition, refusals]).toEqual([false, []])
  driver.trouble = undefined
  await runtime.advance(1_000)
  expect(soleConsumer.hasEveryPartition).toBe(true)
})

test('P22 an answer about an ended generation is ignored', async () => {
  const { driver, liveness, soleConsumer, look } = stage()
  const late = Promise.withResolvers<void>()
  const real = driver.admin
  driver.admin = async () => {
    const admin = await real()
    return { ...admin, partitions: (topics) => late.promise.then(() => admin.partitions(topics)) }
  }
  const first = look(ALL)
  await first
  soleConsumer.check(assignmentOf(SOME))
  late.resolve()
  await settle()
  expect([soleConsumer.hasEveryPartition, liveness.heldBack]).toEqual([false, undefined])
})

test('P22 an answer about an incomplete generation is ignored, once a later one is complete', async () => {
  const { runtime, driver, liveness, soleConsumer, refusals, look } = stage()
  const late = Promise.withResolvers<void>()
  const real = driver.admin
  const waits = [late.promise]
  driver.admin = async () => {
    const admin = await real()
    return {
      ...admin,
      partitions: (topics) => (waits.shift() ?? Promise.resolve()).then(() => admin.partitions(topics)),
    }
  }
  await look(SOME)
  await look(ALL)
  late.resolve()
  await runtime.advance(600_000)
  expect([soleConsumer.hasEveryPartition, liveness.heldBack, refusals]).toEqual([true, undefined, []])
})

test('P22 a retry of an ended generation is ignored', async () => {
  const { runtime, driver, soleConsumer, look } = stage()
  driver.trouble = () => Promise.reject(new BatutaError('broker-unreachable', 'nobody answers'))
  await look(ALL)
  driver.trouble = undefined
  await look(SOME)
  await runtime.advance(5_000)
  expect(soleConsumer.hasEveryPartition).toBe(false)
})

test('nothing is refused after the source has ended', async () => {
  const { runtime, soleConsumer, refusals, look } = stage()
  await look(SOME)
  soleConsumer.end()
  await runtime.advance(600_000)
  expect([refusals, runtime.timers]).toEqual([[], 0])
})

test('a topic that is not visible for a moment counts as one partition', async () => {
  const { driver, soleConsumer, look } = stage()
  driver.topics = { orders: 3 }
  await look({ orders: [0, 1, 2] })
  expect(soleConsumer.hasEveryPartition).toBe(false)
  await look(ALL)
  expect(soleConsumer.hasEveryPartition).toBe(true)
})
