import { afterAll, beforeAll } from 'vitest'
import { describeOnRedis } from './redis-suite.ts'
import { startUpstash } from './upstash.ts'
import type { Upstash } from './upstash.ts'

/** A suite over a real Redis behind Upstash's protocol. */
export function describeUpstash(name: string, suite: (upstash: () => Upstash) => void): void {
  describeOnRedis(name, (redis) => {
    let upstash: Upstash
    beforeAll(async () => {
      upstash = await startUpstash(redis().port)
    })
    afterAll(() => upstash?.close())
    suite(() => upstash)
  })
}
