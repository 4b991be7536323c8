import { afterAll, beforeAll } from 'vitest'
import { describeRedis, startRedis } from './redis.ts'
import type { RedisServer } from './redis.ts'
import { startUpstash } from './upstash.ts'
import type { Upstash } from './upstash.ts'

/** A suite over a real Redis behind Upstash's protocol; where there is no Redis, `describeRedis` says what becomes of it. */
export function describeUpstash(name: string, suite: (upstash: () => Upstash) => void): void {
  describeRedis(name, () => {
    let server: RedisServer
    let upstash: Upstash
    beforeAll(async () => {
      server = await startRedis()
      upstash = await startUpstash(server.port)
    })
    afterAll(async () => {
      await upstash?.close()
      await server?.close()
    })
    suite(() => upstash)
  })
}
