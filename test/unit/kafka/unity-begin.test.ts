import { expect, test } from 'vitest'
import { Contact } from '../../../adapters/channel/kafka/contact.ts'
import { Places } from '../../../adapters/channel/kafka/places.ts'
import { Unity } from '../../../adapters/channel/kafka/unity.ts'
import { Watch } from '../../../adapters/channel/kafka/watch.ts'
import { assignmentOf, fakeDriver } from '../../fakes/kafka.ts'
import { fakeRuntime, settle } from '../../fakes/runtime.ts'
import { groupSettings } from './source-stage.ts'

/** A process of its own store that gets the three partitions of "orders"; the group has committed something in one of them. */
async function stage(fromBeginning: boolean, before: (places: Places) => void = () => undefined) {
  const [runtime, driver, places] = [fakeRuntime(), fakeDriver(), new Places()]
  driver.topics = { orders: 3 }
  driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
  driver.ends = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: '9', begin: '3' }))
  const watch = new Watch('it', 10_000, runtime)
  const [settings, contact] = [groupSettings({ fromBeginning }), new Contact(driver, runtime)]
  const unity = new Unity({ settings, contact, places, watch, runtime, refuse: () => undefined })
  before(places)
  const assignment = assignmentOf({ orders: [0, 1, 2] })
  const look = async () => {
    watch.joined(assignment)
    unity.look(assignment)
    await settle()
  }
  await look()
  const begins = () => [0, 1, 2].map((partition) => places.of('orders', partition).next)
  return { driver, places, look, begins }
}

test('P22 partitions that are not read yet go on from what is committed, else from the first record that is there', async () => {
  const { begins } = await stage(true)
  expect(begins()).toEqual(['5', '3', '3'])
})

test('P22 or from the end, where a new group reads only what is new', async () => {
  const { begins } = await stage(false)
  expect(begins()).toEqual(['5', '9', '9'])
})

test('P22 what was read is not taken back', async () => {
  const { begins } = await stage(true, (places) => places.of('orders', 0).advance('7', []))
  expect(begins()).toEqual(['7', '3', '3'])
})

test('P22 what somebody else commits later does not count', async () => {
  const { driver, places, look, begins } = await stage(true)
  places.of('orders', 0).advance('6', [])
  driver.committed = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: '8' }))
  await look()
  expect(begins()).toEqual(['6', '3', '3'])
})
