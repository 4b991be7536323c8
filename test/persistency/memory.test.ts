import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'

persistencyContract('memory', { open: async () => memoryPersistency() })
persistencyContract('memory, shared', { open: async () => memoryPersistency({ shared: true }) })
