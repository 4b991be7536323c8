import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'

const { gaps } = STORES.memory

persistencyContract('memory', { open: async () => memoryPersistency(), gaps })
persistencyContract('memory, shared', { open: async () => memoryPersistency({ shared: true }), gaps })
