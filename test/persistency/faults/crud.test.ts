import { openCrud } from '../../../adapters/persistency/crud.ts'
import { nodeRuntime } from '../../../adapters/runtime/node.ts'
import { faultContract } from '../../../testing/contract/faults.ts'
import type { FaultSubject } from '../../../testing/contract/faults/link.ts'
import { STORES } from '../../../testing/stores.ts'
import { crudService, sagasCollection } from '../../fakes/crud-service.ts'
import type { CrudServiceOptions } from '../../fakes/crud-service.ts'
import { tcpLine } from '../../services/tcp-line.ts'

const ANSWER = 4_000
const SECRET = 'hunter2'
const { fetch } = nodeRuntime('silent')

function storeAt(host: string, port: number) {
  const headers = { secret: { reveal: () => SECRET } }
  const timeouts = { connect: ANSWER, answer: ANSWER }
  return openCrud({ protocol: 'http', host, port, collectionName: 'sagas', headers, timeouts }, fetch)
}

function stageOf(options: CrudServiceOptions): FaultSubject {
  return {
    open: async () => {
      const service = await crudService(options)
      const restart = () => service.stop().then(() => service.start())
      const { port, line, close } = await tcpLine(() => service.port, restart)
      return {
        store: await storeAt(service.host, port),
        line,
        another: () => storeAt(service.host, service.port),
        close: () => Promise.all([close(), service.close()]).then(() => undefined),
      }
    },
    patience: 2 * ANSWER,
    secrets: () => [SECRET],
    gaps: STORES.crud.gaps,
  }
}

faultContract('crud', stageOf({}))
faultContract(
  'crud, in the collection of Batuta, which is not told',
  stageOf({ definition: sagasCollection(), tellsSchemas: false }),
)
