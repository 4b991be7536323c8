import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'
import { describeRedis } from '../services/redis.ts'
import { spoilIn } from './redis-spoil.ts'
import { stage } from './redis-stage.ts'

describeRedis('redis', () => {
  const the = stage()
  const { gaps } = STORES.redis
  persistencyContract('redis', {
    open: async () => the.fresh(),
    reopen: async () => the.again(),
    spoil: (id, how) => spoilIn(the.redis, `${the.prefix}saga:${id}`, how),
    gaps,
  })
})
