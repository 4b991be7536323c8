import { afterAll, beforeAll } from 'vitest'
import { describeRedis, startRedis } from './redis.ts'
import type { RedisServer } from './redis.ts'

/** A suite over a real Redis of its own; where there is none, `describeRedis` says what becomes of it. */
export function describeOnRedis(name: string, suite: (redis: () => RedisServer) => void): void {
  describeRedis(name, () => {
    let server: RedisServer
    beforeAll(async () => {
      server = await startRedis()
    })
    afterAll(() => server?.close())
    suite(() => server)
  })
}
