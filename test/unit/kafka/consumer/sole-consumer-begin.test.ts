import { expect, test } from 'vitest'
import { AdminConnection } from '../../../../adapters/channel/kafka/admin-connection.ts'
import { ConsumerProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { SoleConsumer } from '../../../../adapters/channel/kafka/consumer/sole-consumer.ts'
import { Liveness } from '../../../../adapters/channel/kafka/consumer/liveness.ts'
import { assignmentOf, fakeDriver } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { groupSettings } from './source-stage.ts'

/** A process with a store of its own that gets three partitions of "orders". The group has a commit in one of them. */
async function stage(before: (progress: ConsumerProgress) => void = () => undefined) {
  const [runtime, driver, progress] = [simulatedRuntime(), fakeDriver(), new ConsumerProgress()]
  driver.topics = { orders: 3 }
  driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
  driver.ranges = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: '9', start: '3' }))
  const liveness = new Liveness({ name: 'it', sessionTimeout: 10_000, progress, runtime })
  const [settings, admin] = [groupSettings(), new AdminConnection('kafka', driver, runtime)]
  const soleConsumer = new SoleConsumer({ settings, admin, progress, liveness, runtime, refuse: () => undefined })
  before(progress)
  const look = async (partitions = [0, 1, 2]) => {
    const assignment = assignmentOf({ orders: partitions })
    liveness.joined(assignment)
    soleConsumer.check(assignment)
    await settle()
  }
  await look()
  const begins = () => [0, 1, 2].map((partition) => progress.of('orders', partition).nextOffset)
  return { driver, progress, look, begins }
}

test('P22 unread partitions begin at the committed offset, else at the oldest record', async () => {
  const { begins } = await stage()
  expect(begins()).toEqual(['5', '3', '3'])
})

test('P22 progress never goes back', async () => {
  const { begins } = await stage((progress) => progress.of('orders', 0).advance('7', []))
  expect(begins()).toEqual(['7', '3', '3'])
})

test('P22 a later commit of another member does not count', async () => {
  const { driver, progress, look, begins } = await stage()
  progress.of('orders', 0).advance('6', [])
  driver.committed = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: '8' }))
  await look()
  expect(begins()).toEqual(['6', '3', '3'])
})

test('P22 a partition that was added begins at its oldest record, whatever another member commits', async () => {
  const { driver, progress, look } = await stage()
  driver.topics = { orders: 4 }
  driver.ranges = [...driver.ranges, { topic: 'orders', partition: 3, offset: '9', start: '0' }]
  driver.committed = [{ topic: 'orders', partition: 3, offset: '8' }]
  await look([0, 1, 2, 3])
  expect(progress.of('orders', 3).nextOffset).toBe('0')
})
