import { expect, test } from 'vitest'
import { Contact } from '../../../adapters/channel/kafka/contact.ts'
import { Places } from '../../../adapters/channel/kafka/places.ts'
import { Unity } from '../../../adapters/channel/kafka/unity.ts'
import { Watch } from '../../../adapters/channel/kafka/watch.ts'
import { assignmentOf, fakeDriver } from '../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { settle } from '../../../testing/simulation/settle.ts'
import { groupSettings } from './source-stage.ts'

/** A process of its own store that gets the three partitions of "orders"; the group has committed something in one of them. */
async function stage(before: (places: Places) => void = () => undefined) {
  const [runtime, driver, places] = [simulatedRuntime(), fakeDriver(), new Places()]
  driver.topics = { orders: 3 }
  driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
  driver.ends = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: '9', begin: '3' }))
  const watch = new Watch('it', 10_000, places, runtime)
  const [settings, contact] = [groupSettings(), new Contact('kafka', driver, runtime)]
  const unity = new Unity({ settings, contact, places, watch, runtime, refuse: () => undefined })
  before(places)
  const look = async (partitions = [0, 1, 2]) => {
    const assignment = assignmentOf({ orders: partitions })
    watch.joined(assignment)
    unity.look(assignment)
    await settle()
  }
  await look()
  const begins = () => [0, 1, 2].map((partition) => places.of('orders', partition).next)
  return { driver, places, look, begins }
}

test('P22 partitions that are not read yet go on from what is committed, else from the first record that is there', async () => {
  const { begins } = await stage()
  expect(begins()).toEqual(['5', '3', '3'])
})

test('P22 what was read is not taken back', async () => {
  const { begins } = await stage((places) => places.of('orders', 0).advance('7', []))
  expect(begins()).toEqual(['7', '3', '3'])
})

test('P22 what somebody else commits later does not count', async () => {
  const { driver, places, look, begins } = await stage()
  places.of('orders', 0).advance('6', [])
  driver.committed = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: '8' }))
  await look()
  expect(begins()).toEqual(['6', '3', '3'])
})

test('P22 a partition that its topic got meanwhile begins at its beginning, whatever somebody else commits', async () => {
  const { driver, places, look } = await stage()
  driver.topics = { orders: 4 }
  driver.ends = [...driver.ends, { topic: 'orders', partition: 3, offset: '9', begin: '0' }]
  driver.committed = [{ topic: 'orders', partition: 3, offset: '8' }]
  await look([0, 1, 2, 3])
  expect(places.of('orders', 3).next).toBe('0')
})
