import { afterAll } from 'vitest'
import { openCrud } from '../../adapters/persistency/crud.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'
import type { StoreSubject } from '../../testing/contract/subject.ts'
import { crudService, sagasCollection } from '../fakes/crud-service.ts'
import type { CrudService, CrudServiceOptions } from '../fakes/crud-service.ts'

const { fetch } = nodeRuntime('silent')
const services: CrudService[] = []
afterAll(async () => {
  for (const service of services) await service.close()
})

const connect = ({ host, port }: CrudService) =>
  openCrud({ protocol: 'http', host, port, collectionName: 'sagas', headers: {} }, fetch)

function subjectOf(options: CrudServiceOptions): StoreSubject {
  return {
    open: async () => {
      const service = await crudService(options)
      services.push(service)
      return connect(service)
    },
    reopen: async () => connect(services.at(-1) as CrudService),
    spoil: async (id, how) => {
      const { collection } = services.at(-1) as CrudService
      const { currentState, history } = collection.find({ sagaId: id })[0] ?? {}
      const broken = how === 'cut' ? { currentState: 7 } : { history: { ...(history as object), states: 'none' } }
      collection.meddle(id, broken)
      return async () => collection.meddle(id, { currentState, history })
    },
    gaps: STORES.crud.gaps,
  }
}

persistencyContract('crud', subjectOf({}))
persistencyContract(
  'crud, in the collection of Batuta, which is not told',
  subjectOf({ definition: sagasCollection(), tellsSchemas: false }),
)
