import type { Corridor } from '../../src/orchestrator/corridor.ts'
import { documentInTime, readInTime } from '../../src/orchestrator/timed-reads.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { OpenStore } from './prepare-edge.ts'

/** What only reads asks a store that is somewhere else directly: no object is woken for it, no orchestrator made. */
export function storeReads(open: OpenStore, runtime: Runtime): Pick<Corridor, 'document' | 'list'> {
  return {
    document: async (id) => documentInTime(runtime, await open(), id),
    async list(query) {
      const store = await open()
      const { list } = store.can
      return list === false ? false : readInTime(runtime, store, list.page(query))
    },
  }
}
