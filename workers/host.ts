import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { restChannel } from '../adapters/channel/rest.ts'
import { prometheusMetrics } from '../adapters/metrics/prometheus.ts'
import { memoryPersistency } from '../adapters/persistency/memory.ts'
import type { Host } from '../src/service.ts'
import { sharedStores } from './stores.ts'

/** What a service in a process of its own carries, on Node, Deno and Bun alike; they differ in runtime and server. */
export function processHost(runtime: Host['runtime']): Host {
  return {
    variables: process.env,
    readFile: (path) => readFile(path, 'utf8'),
    runtime,
    metrics: prometheusMetrics(),
    channels: { rest: (configuration, { fetch }) => restChannel(configuration, fetch) },
    persistencies: {
      ...sharedStores,
      sqlite: async ({ path }, { dataPath, runtime }) => {
        const { openSqlite } = await import('../adapters/persistency/sqlite.ts')
        return openSqlite({
          path: path ?? `${dataPath}/batuta.sqlite`,
          random: () => runtime.random(),
          log: runtime.log,
        })
      },
      memory: () => memoryPersistency(),
    },
    embedded: { type: 'sqlite', configurations: {} },
  }
}
