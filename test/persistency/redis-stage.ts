import { Redis } from 'ioredis'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import type { TcpRedisSettings } from '../../adapters/persistency/redis.ts'
import type { RedisOptions } from '../../adapters/persistency/redis/persistency.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { startRedis } from '../services/redis.ts'
import type { RedisServer } from '../services/redis.ts'

export interface RedisStage {
  readonly server: RedisServer
  /** A client of another program. */
  readonly redis: Redis
  url(port?: number): string
  /** An empty store. */
  fresh(options?: Options, settings?: Partial<TcpRedisSettings>): Persistency
  /** The same store again, with other settings. */
  again(options?: Options, settings?: Partial<TcpRedisSettings>): Persistency
  /** Prefix of the newest store's keys. */
  readonly prefix: string
}

type Options = Pick<RedisOptions, 'answer'>

export const QUIET = { write: () => undefined }

/** A Redis for the tests of one suite; call it inside of `describeRedis`. */
export function stage(): RedisStage {
  let parts: { server: RedisServer; redis: Redis } | undefined
  let made = 0
  const there = () => {
    if (parts === undefined) throw new Error('use Redis: it has not been started')
    return parts
  }
  beforeAll(async () => {
    const server = await startRedis()
    const redis = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 20 })
    redis.on('error', () => undefined)
    parts = { server, redis }
  })
  afterAll(async () => {
    parts?.redis.disconnect()
    await parts?.server.close()
  })
  const url = (port = there().server.port) => `redis://127.0.0.1:${port}`
  const again: RedisStage['again'] = (options, settings) => {
    return redisPersistency({ url: { reveal: () => url() }, prefix: `test-${made}:`, ...settings }, QUIET, options)
  }
  return {
    get server() {
      return there().server
    },
    get redis() {
      return there().redis
    },
    get prefix() {
      return `{test-${made}:}`
    },
    url,
    fresh(options, settings) {
      made++
      return again(options, settings)
    },
    again,
  }
}

/** Closes the store at the end of its test. */
export function closing(store: Persistency): Persistency {
  onTestFinished(() => store.close())
  return store
}
