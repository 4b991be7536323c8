import { fresh } from '../../../testing/contract/build.ts'
import { faultContract } from '../../../testing/contract/faults.ts'
import { STORES } from '../../../testing/stores.ts'
import { describeMongo } from '../../services/mongo.ts'
import { tcpLine } from '../../services/tcp-line.ts'

const ANSWER = 3_000
const CONNECT = 1_000

describeMongo('mongo', (mongo) => {
  let uri = ''
  faultContract('mongo', {
    open: async () => {
      // The server keeps its data in memory, so a restart cuts its connections.
      const { port, line, close } = await tcpLine(() => mongo.port)
      const collection = fresh('sagas')
      uri = mongo.uri(port)
      const store = await mongo.open(collection, { port, answer: ANSWER, connect: CONNECT })
      return { store, line, another: () => mongo.open(collection), close }
    },
    // An emptied pool waits for a server and then for a connection.
    patience: ANSWER + 2 * CONNECT + 500,
    secrets: () => [uri],
    gaps: STORES.mongo.gaps,
  })
})
