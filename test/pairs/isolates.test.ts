import { describe } from 'vitest'
import { describeRedis } from '../services/redis.ts'
import { runSuite, WORKERD } from './run-suite.ts'
import type { RuntimeOnSharedStore } from './run-suite.ts'
import { crud, upstash } from './servers.ts'

const ISOLATES: RuntimeOnSharedStore = {
  ...WORKERD,
  name: 'workerd without objects',
  args: ['--no-objects'],
  needsRequests: true,
  // Sweeps begin ten seconds apart, and one sends as much as its request may: on a busy machine it takes several.
  recoversWithin: 60_000,
}

describe('crud', () => runSuite(ISOLATES, crud, ['sagas', 'commands', 'settings', 'returns', 'endings']))
describeRedis('upstash-redis', () => runSuite(ISOLATES, upstash, ['sagas', 'commands', 'returns']))
