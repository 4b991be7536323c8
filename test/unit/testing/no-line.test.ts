import { expect, test } from 'vitest'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { restPersistency } from '../../../adapters/persistency/rest.ts'
import { nodeRuntime } from '../../../adapters/runtime/node.ts'
import { expectNoLine } from '../../../testing/contract/faults/gap.ts'
import { restService } from '../../persistency/rest-service.ts'

test('P17 a store that is reached over a line is seen to be, and one inside the process is not', async () => {
  await expectNoLine({ store: memoryPersistency() })
  const service = await restService()
  const { fetch } = nodeRuntime('silent')
  try {
    // Each call on a connection of its own, so that one stands while the write is under way.
    const store = restPersistency({ ...service.settings(), headers: { connection: { reveal: () => 'close' } } }, fetch)
    await expect(expectNoLine({ store })).rejects.toThrow('ways out of the process')
  } finally {
    await service.close()
  }
})
