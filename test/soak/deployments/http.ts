import { isOnPath } from '../../../testing/broker/tools.ts'
import { startRedis } from '../../services/redis.ts'
import type { Deployment } from '../deployment.ts'
import { openOverHttp } from './over-http.ts'

/** Node on a SQLite file. */
export const SQLITE: Deployment = {
  name: 'sqlite',
  open: (folder) => openOverHttp({ folder, script: 'start', store: { type: 'sqlite' }, workers: 1 }),
}

/** workerd with a Durable Object for each saga. */
export const WORKERD: Deployment = {
  name: 'workerd',
  open: (folder) => openOverHttp({ folder, script: 'start:workerd', store: {}, workers: 1 }),
}

/** Two workers on one Redis that writes every command to the disk before it answers. */
export const REDIS: Deployment = {
  name: 'redis',
  ...(isOnPath('redis-server') ? {} : { missing: 'redis-server: apt-get install redis-server' }),
  async open(folder) {
    const redis = await startRedis()
    const store = { type: 'redis', configurations: { url: `redis://127.0.0.1:${redis.port}` } }
    const away = [0, 5_000] as const
    const target = { kind: 'store', away, kill: () => redis.kill(), start: () => redis.restart() }
    return openOverHttp({ folder, script: 'start', store, workers: 2, more: [target], close: () => redis.close() })
  },
}
