import { describe } from 'vitest'
import { describeRedis } from '../services/redis.ts'
import { runSuite, WORKERD } from './run-suite.ts'
import { crud, rest, upstash } from './servers.ts'

const OBJECTS = { ...WORKERD, name: 'workerd with objects' }

describe('crud', () => runSuite(OBJECTS, crud, ['sagas', 'commands', 'bodies', 'settings', 'returns']))
describeRedis('upstash-redis', () => runSuite(OBJECTS, upstash, ['sagas', 'commands', 'returns']))
describe('rest', () => runSuite({ ...OBJECTS, lists: false }, rest, ['sagas', 'commands', 'returns']))
