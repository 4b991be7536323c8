import { describe } from 'vitest'
import { describeMongo } from '../services/mongo.ts'
import { describeRedis } from '../services/redis.ts'
import { runSuite, SHARED } from './run-suite.ts'
import type { RuntimeOnSharedStore } from './run-suite.ts'
import { crud, mongo, redis } from './servers.ts'

const BUN: RuntimeOnSharedStore = { ...SHARED, name: 'bun', script: 'start:bun', endsInTime: true }

describe('crud', () => runSuite(BUN, crud, ['sagas', 'returns']))
describeMongo('mongo', (server) => runSuite(BUN, () => mongo(server), ['sagas', 'returns']))
describeRedis('redis', () => runSuite(BUN, redis, ['sagas', 'returns']))
