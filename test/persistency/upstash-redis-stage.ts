import { afterAll, beforeAll } from 'vitest'
import type { RedisOptions } from '../../adapters/persistency/redis/persistency.ts'
import { upstashRedisPersistency } from '../../adapters/persistency/upstash-redis.ts'
import type { UpstashRedisSettings } from '../../adapters/persistency/upstash-redis.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { startRedis } from '../services/redis.ts'
import type { RedisServer } from '../services/redis.ts'
import { startUpstash } from '../services/upstash.ts'
import type { Upstash } from '../services/upstash.ts'

export interface UpstashStage {
  readonly server: RedisServer
  readonly upstash: Upstash
  /** An empty store. */
  fresh(options?: RedisOptions, settings?: Partial<UpstashRedisSettings>): Persistency
  /** The same store again, with other settings. */
  again(options?: RedisOptions, settings?: Partial<UpstashRedisSettings>): Persistency
  /** Prefix of the newest store's keys. */
  readonly prefix: string
}

/** A Redis behind Upstash's protocol for the tests of one suite; call it inside of `describeRedis`. */
export function stage(): UpstashStage {
  const { fetch } = nodeRuntime('silent')
  let parts: { server: RedisServer; upstash: Upstash } | undefined
  let made = 0
  const there = () => {
    if (parts === undefined) throw new Error('use Redis: it has not been started')
    return parts
  }
  beforeAll(async () => {
    const server = await startRedis()
    parts = { server, upstash: await startUpstash(server.port) }
  })
  afterAll(async () => {
    await parts?.upstash.close()
    await parts?.server.close()
  })
  const again: UpstashStage['again'] = (options, settings) => {
    const { url, token } = there().upstash
    const all = { url: { reveal: () => url }, token: { reveal: () => token }, prefix: `test-${made}:`, ...settings }
    return upstashRedisPersistency(all, fetch, options)
  }
  return {
    get server() {
      return there().server
    },
    get upstash() {
      return there().upstash
    },
    get prefix() {
      return `{test-${made}:}`
    },
    fresh(options, settings) {
      made++
      return again(options, settings)
    },
    again,
  }
}
