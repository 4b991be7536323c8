import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'
import { describeRedis } from '../services/redis.ts'
import { stage } from './upstash-redis-stage.ts'

describeRedis('upstash-redis', () => {
  const the = stage()
  const { gaps } = STORES['upstash-redis']
  persistencyContract('upstash-redis', { open: async () => the.fresh(), reopen: async () => the.again(), gaps })
})
