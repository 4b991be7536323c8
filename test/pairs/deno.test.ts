import { describe, expect, test } from 'vitest'
import { runOnSharedStore } from '../crash/shared-store-run.ts'
import { CONFIRMS, follows } from '../services/behaviour.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeRedis } from '../services/redis.ts'
import { RunningWorker } from '../runtime/conformance/stage.ts'
import { runSuite, SHARED } from './run-suite.ts'
import type { RuntimeOnSharedStore } from './run-suite.ts'
import { crud, denoKv, mongo, redis, rest, upstash } from './servers.ts'

const DENO: RuntimeOnSharedStore = { ...SHARED, name: 'deno', script: 'start:deno', endsInTime: true }

describe('deno-kv', () => runSuite(DENO, denoKv, ['sagas', 'settings', 'returns']))
describe('crud', () => runSuite(DENO, crud, ['sagas', 'commands', 'returns']))
describeMongo('mongo', (server) => runSuite(DENO, () => mongo(server), ['sagas', 'returns']))
describeRedis('upstash-redis', () => runSuite(DENO, upstash, ['sagas', 'returns']))
describeRedis('redis', () => runSuite(DENO, redis, ['sagas']))

describe('rest', () => {
  runSuite({ ...DENO, lists: false }, rest, ['sagas'])

  // The suite's `commands` does not fit: there a creation is answered while its participant is late or away.
  test('P17 I7 a creation waits until its command is sent: 503 while the participant is away; a repeat sends it', async () => {
    const server = await rest()
    const stage = await RunningWorker.open({ ...DENO, persistency: () => server.persistency })
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
      const line = await runOnSharedStore({ ...load, script: 'start:deno', store: server.persistency })
      console.log(`rest on deno: ${line}`)
    } finally {
      await server.close()
    }
  })
})
