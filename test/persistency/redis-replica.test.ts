import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { create, move } from '../../testing/contract/saves.ts'
import { expectStored } from '../../testing/contract/subject.ts'
import { describeRedis, startRedis } from '../services/redis.ts'
import { closing, stage } from './redis-stage.ts'

describeRedis('a failover', () => {
  const the = stage()

  test('P9 a server that became a replica answers no read until it is the primary again', async () => {
    const server = await startRedis()
    onTestFinished(() => server.close())
    const replica = new Redis(server.port, '127.0.0.1')
    onTestFinished(() => replica.disconnect())
    const store = closing(the.fresh({}, { url: { reveal: () => the.url(server.port) } }))
    const made = await create(store)
    const { id } = made.saga

    await replica.replicaof('127.0.0.1', the.server.port)
    const reads = [() => store.load(id), () => store.applied(id, 'e', 'reserved'), () => store.document(id)]
    for (const read of reads) {
      await expect(read()).rejects.toMatchObject({
        code: 'store-unavailable',
        message: expect.stringMatching(/READONLY .*; "url" must be that of a database that can be written$/),
      })
    }
    await replica.replicaof('NO', 'ONE')
    await expectStored(store, await move(store, await create(store), 'reserved'))
  })

  test('P9 a primary without its required replicas answers no read either', async () => {
    const store = closing(the.fresh())
    const made = await create(store)
    await the.redis.config('SET', 'min-replicas-to-write', '1')
    await expect(store.load(made.saga.id)).rejects.toThrow(/NOREPLICAS/)
    await the.redis.config('SET', 'min-replicas-to-write', '0')
    await expectStored(store, made)
  })
})
