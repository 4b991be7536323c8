import { expect, test } from 'vitest'
import { serviceForTest, storeOf } from './crud-scene.ts'
import { countingProxy, tripsAtOnce, tripsOfSaga } from './trips.ts'

async function scene() {
  const service = await serviceForTest()
  const proxy = await countingProxy(service.port)
  return { proxy, store: storeOf({ host: service.host, port: proxy.port }) }
}

test('P17 an event whose head is remembered is one round trip, and so is a creation', async () => {
  const { store, proxy } = await scene()
  expect(await tripsOfSaga(store, proxy)).toEqual([1, 1, 1])
})

test('64 events at once are three round trips at most', async () => {
  const { store, proxy } = await scene()
  expect(await tripsAtOnce(store, proxy, 64)).toBeLessThanOrEqual(3)
})
