import type { Corridor } from '../../src/orchestrator/corridor.ts'
import type { OpenStore } from './prepare.ts'

/** What only reads asks a store that is somewhere else directly: no object is woken for it, no orchestrator made. */
export function storeReads(open: OpenStore): Pick<Corridor, 'document' | 'list'> {
  return {
    document: async (id) => (await open()).document(id),
    async list(query) {
      const { list } = (await open()).can
      return list === false ? false : list.page(query)
    },
  }
}
