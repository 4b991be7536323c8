import { expect, test } from 'vitest'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import { describeRedis } from '../services/redis.ts'
import { closing, stage } from './redis-stage.ts'

describeRedis('what redis says of itself', () => {
  const the = stage()
  const warned = async (user = '') => {
    const warnings: string[] = []
    const url = the.url().replace('//', `//${user}`)
    const log = { warn: (text: string) => void warnings.push(text) }
    const store = closing(redisPersistency({ url: { reveal: () => url }, prefix: 'x:' }, log))
    for (let asked = 0; asked < 3; asked++) expect(await store.probe()).toMatchObject({ ok: true })
    return warnings
  }

  test('a server that keeps everything is not spoken of', async () => {
    expect(await warned()).toEqual([])
    await the.redis.config('SET', 'maxmemory-policy', 'volatile-lru') // only what is final, and was to expire
    expect(await warned()).toEqual([])
  })

  test('one that evicts, or forgets when it ends, is told once each', async () => {
    await the.redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await the.redis.config('SET', 'appendonly', 'no')
    const where = `look at the store "redis" (127.0.0.1:${the.server.port}/0): found`
    expect(await warned()).toEqual([
      `${where} maxmemory-policy allkeys-lru, which throws sagas away when memory is full, expected noeviction`,
      `${where} appendonly no, which forgets acknowledged steps when the server ends, expected appendonly yes`,
    ])
    await the.redis.call('ACL', 'SETUSER', 'me', 'on', '>pass', '~*', '+@all', '-info')
    expect(await warned('me:pass@')).toEqual([])
  })
})
