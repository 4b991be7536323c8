import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { create, keep, move, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { describeRedis } from '../services/redis.ts'
import { closing, QUIET } from './redis-stage.ts'
import { stage } from './upstash-redis-stage.ts'

describeRedis('one database behind redis and upstash-redis', () => {
  const the = stage()
  const overTcp = (prefix: string) =>
    closing(redisPersistency({ url: { reveal: () => `redis://127.0.0.1:${the.server.port}` }, prefix }, QUIET))

  test('a saga that was begun through one transport is read and moved on through the other', async () => {
    const rest = the.fresh({}, { prefix: 'shop:' })
    const tcp = overTcp('shop:')
    const begun = await create(rest, { metadata: { guest: 'Zoë', emoji: '🦊' } })
    await expectStored(tcp, begun)
    const moved = await move(tcp, begun, { label: 'asked again', payload: { text: 'a\u0000b\n"' } })
    await expectStored(rest, moved)
    await expectStored(tcp, await move(rest, moved, 'reserved'))
    expect(await labels(tcp, begun.saga.id)).toEqual(['orderPlaced', 'asked again', 'reserved'])
    expect(await rest.document(begun.saga.id)).toEqual(await tcp.document(begun.saga.id))
  })

  test('I8 of two writers on one basis, one at each transport, exactly one wins', async () => {
    const [rest, tcp] = [the.fresh({}, { prefix: 'race:' }), overTcp('race:')]
    for (let round = 0; round < 20; round++) {
      const { saga, basis } = await create(rest)
      const answers = await Promise.all([
        save(rest, step(saga, 'reserved'), basis),
        save(tcp, step(saga, 'asked again'), basis),
      ])
      expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['conflict', 'saved'])
    }
  })

  test('the same writes leave the same bytes', async () => {
    const first = birth({ id: 'ä\ud83d', entity: 'table/4', metadata: { text: '🦊\u0000' } })
    const next = step(first.next, 'reserved', { payload: { n: 1.5 } })
    const kept = async (prefix: string, through: typeof overTcp) => {
      const store = through(prefix)
      await keep(store, next, (await keep(store, first, 'absent')).basis)
      return contentOf(the.upstash.redis, `{${prefix}}`)
    }
    const bytes = await kept('tcp:', overTcp)
    expect(Object.keys(bytes)).toHaveLength(5)
    expect(bytes).toEqual(await kept('rest:', (prefix) => the.fresh({}, { prefix })))
  })
})

/** Every key of a prefix, by another client. */
async function contentOf(redis: Redis, prefix: string): Promise<Readonly<Record<string, unknown>>> {
  const content: Record<string, unknown> = {}
  for (const key of await redis.keys(`${prefix}*`)) {
    const isHash = (await redis.type(key)) === 'hash'
    content[key.slice(prefix.length)] = await (isHash ? redis.hgetall(key) : redis.zrange(key, '0', '-1', 'WITHSCORES'))
  }
  return content
}
