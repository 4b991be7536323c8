import { describeRedis, startRedis } from '../services/redis.ts'
import { startUpstash } from '../services/upstash.ts'
import { DENO, ISOLATES, led, OBJECTS } from './led.ts'
import type { Server } from './led.ts'

describeRedis('upstash-redis', () => {
  led(OBJECTS, open, ['sagas', 'returns'])
  led(ISOLATES, open, ['sagas', 'commands', 'returns'])
  led(DENO, open, ['sagas', 'returns'])
})

async function open(): Promise<Server> {
  const redis = await startRedis()
  const upstash = await startUpstash(redis.port)
  const { url, token } = upstash
  const persistency = { type: 'upstash-redis', configurations: { url, token } }
  return { persistency, close: () => upstash.close().finally(() => redis.close()) }
}
