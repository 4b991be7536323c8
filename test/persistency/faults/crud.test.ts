import { crudPersistency } from '../../../adapters/persistency/crud.ts'
import { nodeRuntime } from '../../../adapters/runtime/node.ts'
import { faultContract } from '../../../testing/contract/faults.ts'
import { STORES } from '../../../testing/stores.ts'
import { crudService } from '../../fakes/crud-service.ts'
import { tcpLine } from '../../services/tcp-line.ts'

const ANSWER = 4_000
const SECRET = 'hunter2'
const { fetch } = nodeRuntime('silent')

function storeAt(host: string, port: number) {
  const headers = { secret: { reveal: () => SECRET } }
  const timeouts = { connect: ANSWER, answer: ANSWER }
  return crudPersistency({ protocol: 'http', host, port, collectionName: 'sagas', headers, timeouts }, fetch)
}

faultContract('crud', {
  open: async () => {
    const service = await crudService()
    const restart = () => service.stop().then(() => service.start())
    const { port, line, close } = await tcpLine(() => service.port, restart)
    return {
      store: storeAt(service.host, port),
      line,
      another: async () => storeAt(service.host, service.port),
      close: () => Promise.all([close(), service.close()]).then(() => undefined),
    }
  },
  patience: 2 * ANSWER,
  secrets: () => [SECRET],
  gaps: STORES.crud.gaps,
})
