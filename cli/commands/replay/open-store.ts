import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Configuration } from '../../../src/config/examine-configuration.ts'
import { storeTypeOf } from '../../../src/config/persistency-schema.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import { loadWith } from '../../../workers/peers.ts'
import { sharedStores } from '../../../workers/shared-stores.ts'
import type { ReadableStore } from './store-histories.ts'

/** First bytes of every SQLite file. */
const SQLITE = 'SQLite format 3\0'

/** The SQLite file of a path: the path itself, or the file of the embedded store in its folder; `undefined` for another file. */
export async function sqliteFileAt(path: string): Promise<string | undefined> {
  if ((await stat(path)).isDirectory()) return join(path, EMBEDDED)
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SQLITE.length), 0, SQLITE.length, 0)
    return buffer.toString('latin1', 0, bytesRead) === SQLITE ? path : undefined
  } finally {
    await file.close()
  }
}

/** Name of the embedded store in its folder. */
const EMBEDDED = 'batuta.sqlite'

/** Opens a SQLite file to read it, also while a service uses it. */
export async function openSqliteFile(path: string): Promise<ReadableStore> {
  const { openSqliteToRead } = await import('../../../adapters/persistency/sqlite/reading.ts')
  return openSqliteToRead(path)
}

/** Opens the store of a configuration to read it. Nothing is written: no index is made, no lease ended. Rejects with the reason. */
export async function openConfiguredStore(
  { persistency, machine }: Configuration,
  dataPath: string,
): Promise<ReadableStore> {
  if (persistency === undefined) return openSqliteFile(join(dataPath, EMBEDDED))
  if (persistency.type === 'sqlite') return openSqliteFile(persistency.configurations.path ?? join(dataPath, EMBEDDED))
  const load = () => import('../../../adapters/runtime/node.ts')
  const { nodeRuntime } = await loadWith('read the store', ['pino', 'undici'], load)
  const runtime = nodeRuntime('silent')
  const store = await openShared(persistency, { runtime, dataPath, passOver: () => undefined, machine })
  if (store === undefined || store.can.list === false) {
    await store?.close()
    const type = JSON.stringify(storeTypeOf(persistency))
    throw new Error(`found the store ${type}, which this command cannot list; give the URL of the service, if it can`)
  }
  const { list } = store.can
  return {
    name: store.name,
    page: (query) => list.page(query),
    document: (id) => store.document(id),
    close: () => store.close(),
  }
}

interface StoreParts {
  readonly runtime: Runtime
  readonly dataPath: string
  readonly passOver: () => void
  readonly machine: Configuration['machine']
}

async function openShared(
  persistency: NonNullable<Configuration['persistency']>,
  context: StoreParts,
): Promise<Persistency | undefined> {
  switch (persistency.type) {
    case 'mongo': {
      const load = () => import('../../../adapters/persistency/mongo.ts')
      const { openMongo } = await loadWith('open the store "mongo"', ['mongodb'], load)
      return openMongo(persistency.configurations, context.runtime.log, { isForReading: true })
    }
    case 'crud':
      return sharedStores.crud?.(persistency.configurations, context)
    case 'redis':
      return sharedStores.redis?.(persistency.configurations, context)
    case 'upstash-redis':
      return sharedStores['upstash-redis']?.(persistency.configurations, context)
    default:
      return undefined
  }
}
