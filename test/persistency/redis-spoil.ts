import type { Redis } from 'ioredis'
import type { Damage } from '../../testing/contract/subject.ts'

/** Cuts a head, or replaces the saga's hash by another type. */
export async function spoilIn(redis: Redis, key: string, how: Damage): Promise<() => Promise<void>> {
  if (how === 'type') {
    await redis.rename(key, `${key}-sound`)
    await redis.set(key, 'no hash')
    return async () => {
      await redis.del(key)
      await redis.rename(`${key}-sound`, key)
    }
  }
  const head = (await redis.hget(key, 'h')) ?? ''
  await redis.hset(key, 'h', head.slice(0, 40))
  return async () => void (await redis.hset(key, 'h', head))
}
