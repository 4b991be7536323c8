import { describe, test } from 'vitest'
import { heldTogether } from '../crash/held.ts'
import { describeRedis } from '../services/redis.ts'
import { led, SHARED } from './led.ts'
import type { Pair } from './led.ts'
import { crud, rest, upstash } from './servers.ts'

const DENO: Pair = { ...SHARED, name: 'deno', script: 'start:deno', endsInTime: true }

describe('crud', () => led(DENO, crud, ['sagas', 'returns']))
describeRedis('upstash-redis', () => led(DENO, upstash, ['sagas', 'returns']))

describe('rest', () => {
  led({ ...DENO, lists: false }, rest, ['sagas'])

  const title = 'P17 I2 killed in the middle: whoever has no answer sends again, and nothing is lost'
  test(title, { timeout: 90_000 }, async () => {
    const server = await rest()
    const load = { sagas: 200, atOnce: 8, workers: 1, timeout: 'PT10S', seconds: 60 }
    try {
      const line = await heldTogether({ ...load, script: 'start:deno', store: server.persistency })
      console.log(`rest on deno: ${line}`)
    } finally {
      await server.close()
    }
  })
})
