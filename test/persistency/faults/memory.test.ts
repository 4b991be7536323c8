import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { faultContract } from '../../../testing/contract/faults.ts'
import { STORES } from '../../../testing/stores.ts'

faultContract('memory', {
  open: async () => ({
    store: memoryPersistency(),
    line: {},
    another: async () => memoryPersistency(),
    close: async () => undefined,
  }),
  patience: 1_000,
  gaps: STORES.memory.gaps,
})
