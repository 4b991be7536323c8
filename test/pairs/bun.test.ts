import { describe } from 'vitest'
import { describeMongo } from '../services/mongo.ts'
import { describeRedis } from '../services/redis.ts'
import { led, SHARED } from './led.ts'
import type { Pair } from './led.ts'
import { crud, mongo, redis } from './servers.ts'

const BUN: Pair = { ...SHARED, name: 'bun', script: 'start:bun', endsInTime: true }

describe('crud', () => led(BUN, crud, ['sagas', 'returns']))
describeMongo('mongo', (server) => led(BUN, () => mongo(server), ['sagas', 'returns']))
describeRedis('redis', () => led(BUN, redis, ['sagas', 'returns']))
