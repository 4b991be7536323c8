import { expect, onTestFinished, test } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { restService } from './rest-service.ts'
import type { Tags } from './rest-service.ts'
import { countingProxy, tripsOfSaga } from './trips.ts'

const { fetch } = nodeRuntime('silent')

async function tripsWith(tags: Tags): Promise<readonly number[]> {
  const service = await restService({ tags })
  onTestFinished(() => service.close())
  const proxy = await countingProxy(service.port)
  return tripsOfSaga(restPersistency({ ...service.settings(), port: proxy.port }, fetch), proxy)
}

test('P17 with strong tags an event whose head is remembered is one round trip; a creation looks first', async () => {
  expect(await tripsWith('strong')).toEqual([2, 1, 1])
})

test('P17 gap: without tags no head is remembered, so an event is read, compared and written', async () => {
  expect(await tripsWith('none')).toEqual([2, 3, 3])
})
