import { faultContract } from '../../../testing/contract/faults.ts'
import { STORES } from '../../../testing/stores.ts'
import { describeRedis } from '../../services/redis.ts'
import { tcpLine } from '../../services/tcp-line.ts'
import { stage } from '../upstash-redis-stage.ts'

const ANSWER = 4_000

describeRedis('upstash-redis', () => {
  const the = stage()
  const portOf = () => Number(new URL(the.upstash.url).port)
  let hosts: readonly string[] = []
  faultContract('upstash-redis', {
    open: async () => {
      const { port, line, close } = await tcpLine(portOf, () => the.server.restart())
      const url = `http://127.0.0.1:${port}`
      hosts = [new URL(url).host]
      the.fresh()
      const store = the.again({ answer: ANSWER }, { url: { reveal: () => url } })
      return { store, line, another: async () => the.again(), close }
    },
    patience: 2 * ANSWER,
    secrets: () => [the.upstash.token, ...hosts],
    gaps: STORES['upstash-redis'].gaps,
  })
})
