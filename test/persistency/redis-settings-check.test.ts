import { expect, test } from 'vitest'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import { describeRedis } from '../services/redis.ts'
import { closing, stage } from './redis-stage.ts'

describeRedis('redis: settings of the server', () => {
  const the = stage()
  const warned = async (user = '') => {
    const warnings: unknown[] = []
    const url = the.url().replace('//', `//${user}`)
    const log = { write: (code: string, fields?: object) => void warnings.push({ code, ...fields }) }
    const store = closing(redisPersistency({ url: { reveal: () => url }, prefix: 'x:' }, log))
    for (let asked = 0; asked < 3; asked++) expect(await store.probe()).toMatchObject({ ok: true })
    return warnings
  }

  test('a server with durable settings logs nothing', async () => {
    expect(await warned()).toEqual([])
    await the.redis.config('SET', 'maxmemory-policy', 'volatile-lru') // evicts only final sagas, which expire anyway
    expect(await warned()).toEqual([])
  })

  test('eviction and a missing append-only file are logged once each', async () => {
    await the.redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await the.redis.config('SET', 'appendonly', 'no')
    const line = { code: 'store.setting', store: 'redis', address: `127.0.0.1:${the.server.port}/0` }
    expect(await warned()).toEqual([
      {
        ...line,
        finding: 'found maxmemory-policy allkeys-lru, which evicts sagas when memory is full, expected noeviction',
      },
      {
        ...line,
        finding: 'found appendonly no, which loses acknowledged steps when the server ends, expected appendonly yes',
      },
    ])
    await the.redis.call('ACL', 'SETUSER', 'me', 'on', '>pass', '~*', '+@all', '-info')
    expect(await warned('me:pass@')).toEqual([])
  })
})
