import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { restChannel } from '../adapters/channel/rest.ts'
import { importHook } from '../adapters/hooks/import-hook.ts'
import { processMetrics } from '../adapters/process-metrics.ts'
import { prometheusMetrics } from '../adapters/metrics/prometheus.ts'
import type { HostMetrics } from '../adapters/metrics/prometheus.ts'
import { memoryPersistency } from '../adapters/persistency/memory.ts'
import { REPLACEMENT_CHARACTER } from '../src/config/utf8.ts'
import { consolePage } from '../src/console/console.ts'
import { documentation } from '../src/documentation/documentation.ts'
import { pictures } from '../src/picture-routes/pictures.ts'
import type { Host } from '../src/service.ts'
import { makeFolder, makeFolderOf } from './make-folder.ts'
import { judgePattern } from './pattern-judge.ts'
import { sharedStores } from './shared-stores.ts'
import { trustingFetch } from './trusting-fetch.ts'

/** The key in saga.json for the file of `sqlite` and `deno-kv`. */
export const STORE_PATH = 'persistencyManagement.configurations.path'

/** The host of a process, for Node, Deno and Bun; they differ in runtime, server and metrics of the process. */
export function processHost(runtime: Host['runtime'], addMetrics: HostMetrics = processMetrics): Host {
  return {
    variables: readable(process.env),
    readFile: (path) => readFile(path),
    loadHook: importHook,
    judgePattern,
    flawOfHook: async (source) => (await import('../adapters/hooks/check-hook.ts')).flawOfHook(source),
    runtime,
    metrics: prometheusMetrics(addMetrics),
    channels: {
      rest: (configuration, runtime) =>
        restChannel(configuration, trustingFetch(runtime, configuration.configurations.ssl)),
    },
    persistencies: {
      ...sharedStores,
      sqlite: async ({ path }, { dataPath, runtime, passOver }) => {
        const { openSqlite } = await import('../adapters/persistency/sqlite.ts')
        await (path === undefined
          ? makeFolder(dataPath, 'DATA_PATH', 'sqlite')
          : makeFolderOf(path, STORE_PATH, 'sqlite'))
        return openSqlite({
          path: path ?? `${dataPath}/batuta.sqlite`,
          random: () => runtime.random(),
          log: runtime.log,
          passOver,
        })
      },
      memory: () => memoryPersistency(),
    },
    embedded: { type: 'sqlite', configurations: {} },
    documentation,
    console: consolePage,
    pictures,
  }
}

/** Reads a variable that is not UTF-8 as U+FFFD, as Node and Bun do; Deno throws an error that shows its value. */
function readable(variables: Host['variables']): Host['variables'] {
  return new Proxy(variables, {
    get(all, name) {
      try {
        return Reflect.get(all, name) as unknown
      } catch {
        return REPLACEMENT_CHARACTER
      }
    },
    // Deno with permission for some variables throws when asked for all names.
    ownKeys(all) {
      try {
        return Reflect.ownKeys(all)
      } catch {
        return []
      }
    },
  })
}
