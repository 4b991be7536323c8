import { describe } from 'vitest'
import { describeRedis } from '../services/redis.ts'
import { led, WORKERD } from './led.ts'
import { crud, rest, upstash } from './servers.ts'

const OBJECTS = { ...WORKERD, name: 'workerd with objects' }

describe('crud', () => led(OBJECTS, crud, ['sagas', 'commands', 'bodies', 'doors', 'returns', 'endings']))
describeRedis('upstash-redis', () => led(OBJECTS, upstash, ['sagas', 'commands', 'doors', 'returns']))
describe('rest', () => led({ ...OBJECTS, lists: false }, rest, ['sagas', 'commands', 'bodies', 'doors', 'returns']))
