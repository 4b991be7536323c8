import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { startRedis } from '../../test/services/redis.ts'
import { isOnPath } from '../../testing/broker/tools.ts'
import { startWorker } from '../../testing/load/worker-process.ts'
import { missing, startMongod } from '../../testing/mongod/mongod.ts'
import type { StoreName } from './subject.ts'

/** The server of a store, in processes of its own. */
export interface StoreServer {
  /** The address for the store. */
  readonly address: string
  close(): Promise<void>
}

/** Why a store cannot be measured here, in one sentence; `undefined` where it can. */
export function lacking(store: StoreName): string | undefined {
  if (store === 'mongo') return missing()
  if ((store === 'upstash-redis' || store === 'redis') && !isOnPath('redis-server'))
    return 'needs a Redis server: apt-get install redis-server'
  return undefined
}

const START: Readonly<Record<StoreName, (folder: string) => Promise<StoreServer>>> = {
  rest: (folder) => script('rest', folder, join(folder, 'manager.db')),
  crud: (folder) => script('crud', folder),
  async mongo() {
    const mongod = await startMongod()
    return { address: `http://127.0.0.1:${mongod.port}`, close: () => mongod.close() }
  },
  async 'upstash-redis'(folder) {
    const redis = await startRedis()
    const front = await script('upstash', folder, String(redis.port))
    const close = async () => {
      await front.close()
      await redis.close()
    }
    return { address: front.address, close }
  },
  async redis() {
    const redis = await startRedis()
    return { address: `redis://127.0.0.1:${redis.port}`, close: () => redis.close() }
  },
  'deno-kv': async (folder) => ({ address: join(folder, 'saga.kv'), close: async () => undefined }),
}

export function startStage(store: StoreName, folder: string): Promise<StoreServer> {
  return START[store](folder)
}

async function script(name: string, folder: string, ...args: readonly string[]): Promise<StoreServer> {
  const path = fileURLToPath(new URL(`servers/${name}.ts`, import.meta.url))
  const command = [process.execPath, path, ...args] as const
  const worker = await startWorker({ command, variables: {}, log: join(folder, `${name}.log`) })
  return { address: worker.url, close: async () => void (await worker.stop()) }
}
