import { afterAll } from 'vitest'
import { crudPersistency } from '../../adapters/persistency/crud.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'
import { crudService } from '../fakes/crud-service.ts'
import type { CrudService } from '../fakes/crud-service.ts'

const { fetch } = nodeRuntime('silent')
const services: CrudService[] = []
afterAll(async () => {
  for (const service of services) await service.close()
})

const connect = ({ host, port }: CrudService) =>
  crudPersistency({ protocol: 'http', host, port, collectionName: 'sagas', headers: {} }, fetch)

persistencyContract('crud', {
  open: async () => {
    const service = await crudService()
    services.push(service)
    return connect(service)
  },
  reopen: async () => connect(services.at(-1) as CrudService),
  spoil: async (id, how) => {
    const { collection } = services.at(-1) as CrudService
    const { currentState, history } = collection.find({ sagaId: id })[0] ?? {}
    collection.meddle(id, how === 'cut' ? { currentState: 7 } : { history: { ...(history as object), states: 'none' } })
    return async () => collection.meddle(id, { currentState, history })
  },
  gaps: STORES.crud.gaps,
})
