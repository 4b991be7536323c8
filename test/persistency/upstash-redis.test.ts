import { persistencyContract } from '../../testing/contract/persistency.ts'
import { describeRedis } from '../services/redis.ts'
import { stage } from './upstash-redis-stage.ts'

describeRedis('upstash-redis', () => {
  const the = stage()
  persistencyContract('upstash-redis', { open: async () => the.fresh(), reopen: async () => the.again() })
})
