import { pageOfSagas } from '../../src/orchestrator/answer-filter.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import { countSagas } from '../../src/orchestrator/observability/count-sagas.ts'
import { documentInTime, readInTime } from '../../src/orchestrator/timed-reads.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { OpenStore } from './prepare-edge.ts'

/** The reads of the corridor, from a shared store directly: they wake no object and need no orchestrator. */
export function storeReads(open: OpenStore, runtime: Runtime): Pick<Corridor, 'document' | 'list' | 'count'> {
  return {
    document: async (id) => documentInTime(runtime, await open(), id),
    async list(query) {
      const store = await open()
      const { list } = store.can
      return list === false ? false : readInTime(runtime, store, pageOfSagas(list, query))
    },
    count: async (query) => countSagas(runtime, await open(), query),
  }
}
