import { describe, expect, test } from 'vitest'
import { heldTogether } from '../crash/held.ts'
import { CONFIRMS, follows } from '../services/behaviour.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeRedis } from '../services/redis.ts'
import { Stage } from '../runtime/conformance/stage.ts'
import { led, SHARED } from './led.ts'
import type { Pair } from './led.ts'
import { crud, denoKv, mongo, redis, rest, upstash } from './servers.ts'

const DENO: Pair = { ...SHARED, name: 'deno', script: 'start:deno', endsInTime: true }

describe('deno-kv', () => led(DENO, denoKv, ['sagas', 'doors', 'returns']))
describe('crud', () => led(DENO, crud, ['sagas', 'commands', 'bodies', 'doors', 'returns']))
describeMongo('mongo', (server) => led(DENO, () => mongo(server), ['sagas', 'returns']))
describeRedis('upstash-redis', () => led(DENO, upstash, ['sagas', 'returns']))
describeRedis('redis', () => led(DENO, redis, ['sagas']))

describe('rest', () => {
  led({ ...DENO, lists: false }, rest, ['sagas'])

  // Hence not the suite's `commands`, where a creation is answered while its participant is late or away.
  test('P17 I7 a creation waits until its command is out: 503 while its participant is away, and the same again sends it', async () => {
    const server = await rest()
    const stage = await Stage.open({ ...DENO, persistency: () => server.persistency })
    try {
      stage.participant.behaves(follows(CONFIRMS, { wait: 1_000 }))
      const from = Date.now()
      const late = await stage.create()
      expect(Date.now() - from).toBeGreaterThanOrEqual(1_000)
      await stage.settled(late)

      await stage.participant.shut()
      const body = { associatedEntityId: 'reservation-1', metadata: {} }
      const request = { body, headers: { 'idempotency-key': 'while it is away' } }
      const refused = await stage.call('/saga', request)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
      stage.participant.behaves(follows(CONFIRMS))
      await stage.participant.open()
      const { sagaId } = (await stage.call('/saga', request)).json as { sagaId: string }
      expect(stage.participant.received.filter((one) => one.sagaId === sagaId)[0]?.key).toBe(`${sagaId}/0/0`)
      expect((await stage.settled(sagaId)).history.events).toHaveLength(3)
    } finally {
      await stage.close()
      await server.close()
    }
  })

  const title = 'P17 I2 killed in the middle: whoever has no answer sends again, and nothing is lost'
  test(title, { timeout: 90_000 }, async () => {
    const server = await rest()
    const load = { sagas: 200, atOnce: 8, workers: 1, timeout: 'PT10S', seconds: 60, recovers: 'redelivery' } as const
    try {
      const line = await heldTogether({ ...load, script: 'start:deno', store: server.persistency })
      console.log(`rest on deno: ${line}`)
    } finally {
      await server.close()
    }
  })
})
