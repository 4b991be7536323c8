import { faultContract } from '../../../testing/contract/faults.ts'
import { STORES } from '../../../testing/stores.ts'
import { describeRedis } from '../../services/redis.ts'
import { tcpLine } from '../../services/tcp-line.ts'
import { stage } from '../redis-stage.ts'

const ANSWER = 2_000
const PASSWORD = 'hunter2'

describeRedis('redis', () => {
  const the = stage()
  faultContract('redis', {
    open: async () => {
      const { port, line, close } = await tcpLine(
        () => the.server.port,
        () => the.server.restart(),
      )
      the.fresh()
      const url = the.url(port).replace('//', `//default:${PASSWORD}@`)
      const store = the.again({ answer: ANSWER }, { url: { reveal: () => url } })
      return { store, line, another: async () => the.again(), close }
    },
    patience: 2 * ANSWER,
    secrets: () => [PASSWORD],
    gaps: STORES.redis.gaps,
  })
})
