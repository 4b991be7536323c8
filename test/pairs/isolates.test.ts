import { describe } from 'vitest'
import { describeRedis } from '../services/redis.ts'
import { led, WORKERD } from './led.ts'
import type { Pair } from './led.ts'
import { crud, upstash } from './servers.ts'

const ISOLATES: Pair = {
  ...WORKERD,
  name: 'workerd without objects',
  args: ['--no-objects'],
  needsRequests: true,
}

describe('crud', () => led(ISOLATES, crud, ['sagas', 'commands', 'bodies', 'doors', 'returns', 'endings']))
describeRedis('upstash-redis', () => led(ISOLATES, upstash, ['sagas', 'commands', 'doors', 'returns']))
