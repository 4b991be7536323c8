import { Redis } from 'ioredis'
import { afterAll } from 'vitest'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'
import { describeRedis } from '../services/redis.ts'
import { spoilIn } from './redis-spoil.ts'
import { stage } from './upstash-redis-stage.ts'

describeRedis('upstash-redis', () => {
  const the = stage()
  const { gaps } = STORES['upstash-redis']
  let redis: Redis | undefined
  afterAll(() => redis?.disconnect())
  persistencyContract('upstash-redis', {
    open: async () => the.fresh(),
    reopen: async () => the.again(),
    spoil: (id, how) => {
      redis ??= new Redis(the.server.port, '127.0.0.1')
      return spoilIn(redis, `${the.prefix}saga:${id}`, how)
    },
    gaps,
  })
})
