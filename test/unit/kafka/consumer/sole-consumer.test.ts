import { expect, test } from 'vitest'
import { Contact } from '../../../adapters/channel/kafka/contact.ts'
import { Unity } from '../../../adapters/channel/kafka/unity.ts'
import { Places } from '../../../adapters/channel/kafka/places.ts'
import { Watch } from '../../../adapters/channel/kafka/watch.ts'
import { BatutaError } from '../../../src/errors.ts'
import { assignmentOf, fakeDriver } from '../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { settle } from '../../../testing/simulation/settle.ts'
import { groupSettings } from './source-stage.ts'

const ALL = { orders: [0, 1, 2], payments: [0] }
const SOME = { orders: [0, 2], payments: [0] }

/** A process whose store is its own, of a group that reads three partitions of "orders" and one of "payments". */
function stage() {
  const [runtime, driver, places] = [simulatedRuntime(), fakeDriver(), new Places()]
  driver.topics = { orders: 3, payments: 1 }
  const watch = new Watch('it', 10_000, places, runtime)
  const refusals: string[] = []
  const contact = new Contact('kafka', driver, runtime)
  const given = { settings: groupSettings({ inputTopics: ['orders', 'payments'] }), contact, places, watch, runtime }
  const unity = new Unity({ ...given, refuse: (why) => refusals.push(why) })
  const look = async (assignment: Record<string, number[]>) => {
    watch.joined(assignmentOf(assignment))
    unity.look(assignmentOf(assignment))
    await settle()
  }
  return { runtime, driver, places, watch, unity, refusals, look }
}

test('P22 nothing is taken in before it is known that every partition is here', async () => {
  const { unity, look } = stage()
  expect(unity.isWhole).toBe(false)
  const looking = look(ALL)
  expect(unity.isWhole).toBe(false)
  await looking
  expect(unity.isWhole).toBe(true)
})

test.each([
  ['some partitions of a topic', SOME],
  ['a topic', { orders: [0, 1, 2] }],
  ['all', {}],
])('P22 with %s elsewhere nothing is taken in', async (_, assignment) => {
  const { unity, look } = stage()
  await look(assignment)
  expect(unity.isWhole).toBe(false)
})

test('P22 C7 while it is not known who else is there, readiness says so, since nothing is taken in', async () => {
  const { runtime, driver, watch, unity, look } = stage()
  driver.trouble = () => Promise.reject(new BatutaError('broker-unreachable', 'a partition has no leader'))
  await look(ALL)
  expect([unity.isWhole, watch.blocked]).toEqual([
    false,
    'it: it is not known who else is in the group, so nothing is taken in: a partition has no leader',
  ])
  driver.trouble = undefined
  await runtime.advance(1_000)
  expect([unity.isWhole, watch.blocked]).toEqual([true, undefined])
})

test('P22 it is refused only after one session and the time to divide the partitions anew, once, with names', async () => {
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

test('P22 generations in between do not begin that time anew', async () => {
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

test('P22 a predecessor that was killed and loses its place in time is no reason to refuse', async () => {
  const { runtime, unity, refusals, look } = stage()
  await look(SOME)
  await runtime.advance(12_000)
  await look(ALL)
  expect(unity.isWhole).toBe(true)
  await runtime.advance(600_000)
  expect([refusals, runtime.timers]).toEqual([[], 0])
})

test('P22 another member that comes later shuts the gate; probes say why; when it leaves the gate opens', async () => {
  const { runtime, watch, unity, refusals, look } = stage()
  await look(ALL)
  await look(SOME)
  expect(unity.isWhole).toBe(false)
  expect(watch.divided).toMatch(/another member .* has partitions of "orders"/)
  await runtime.advance(600_000)
  expect(refusals).toEqual([])
  await look(ALL)
  expect([unity.isWhole, watch.divided]).toEqual([true, undefined])
})

test('P22 who was there at the start and has committed meanwhile has taken events that are not in this store', async () => {
  const { driver, unity, refusals, look } = stage()
  driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
  await look(SOME)
  driver.committed = [{ topic: 'orders', partition: 0, offset: '6' }]
  await look(ALL)
  expect([unity.isWhole, refusals.length]).toEqual([false, 1])
  expect(refusals[0]).toMatch(/has taken events while this process waited/)
})

test('P22 a predecessor that was killed commits nothing any more', async () => {
  const { driver, unity, refusals, look } = stage()
  driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
  await look(SOME)
  await look(ALL)
  expect([unity.isWhole, refusals]).toEqual([true, []])
})

test('P22 brokers that do not answer are asked again, and until then nothing is taken in', async () => {
  const { runtime, driver, unity, refusals, look } = stage()
  driver.trouble = () => Promise.reject(new BatutaError('broker-unreachable', 'nobody answers'))
  await look(ALL)
  await runtime.advance(60_000)
  expect([unity.isWhole, refusals]).toEqual([false, []])
  driver.trouble = undefined
  await runtime.advance(1_000)
  expect(unity.isWhole).toBe(true)
})

test('P22 an answer about a generation that has ended does not count', async () => {
  const { driver, watch, unity, look } = stage()
  const late = Promise.withResolvers<void>()
  const real = driver.admin
  driver.admin = async () => {
    const admin = await real()
    return { ...admin, partitions: (topics) => late.promise.then(() => admin.partitions(topics)) }
  }
  const first = look(ALL)
  await first
  unity.look(assignmentOf(SOME))
  late.resolve()
  await settle()
  expect([unity.isWhole, watch.divided]).toEqual([false, undefined])
})

test('P22 nor does one that was not whole, once a later one is', async () => {
  const { runtime, driver, watch, unity, refusals, look } = stage()
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
  expect([unity.isWhole, watch.divided, refusals]).toEqual([true, undefined, []])
})

test('P22 nor does a question that waits to be asked again', async () => {
  const { runtime, driver, unity, look } = stage()
  driver.trouble = () => Promise.reject(new BatutaError('broker-unreachable', 'nobody answers'))
  await look(ALL)
  driver.trouble = undefined
  await look(SOME)
  await runtime.advance(5_000)
  expect(unity.isWhole).toBe(false)
})

test('it ends with its source: nobody is refused after that', async () => {
  const { runtime, unity, refusals, look } = stage()
  await look(SOME)
  unity.end()
  await runtime.advance(600_000)
  expect([refusals, runtime.timers]).toEqual([[], 0])
})

test('a topic that may not be seen for a moment counts for one partition', async () => {
  const { driver, unity, look } = stage()
  driver.topics = { orders: 3 }
  await look({ orders: [0, 1, 2] })
  expect(unity.isWhole).toBe(false)
  await look(ALL)
  expect(unity.isWhole).toBe(true)
})
