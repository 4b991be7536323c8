import type { Hono } from 'hono'
import type { Environment } from './config/environment.ts'
import { readEnvironment } from './config/environment.ts'
import type { PersistencyConfiguration } from './config/persistency-schema.ts'
import { describe } from './config/problem.ts'
import type { Problem, Read } from './config/problem.ts'
import { readConfiguration } from './config/read.ts'
import type { Configuration } from './config/read.ts'
import type { Duration } from './engine/saga.ts'
import { mergeDeep, mergeFirstLevel } from './engine/merge.ts'
import { BatutaError, messageOf } from './errors.ts'
import { createApp } from './http/app.ts'
import { compile } from './machine/compile.ts'
import { attachChannels, attachPersistency } from './orchestrator/attach.ts'
import type { ChannelMakers, PersistencyMakers } from './orchestrator/attach.ts'
import type { Corridor } from './orchestrator/corridor.ts'
import { Orchestrator } from './orchestrator/orchestrator.ts'
import { leaseOf } from './orchestrator/sender.ts'
import type { Health } from './ports/health.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Persistency } from './ports/persistency.ts'
import type { LogLevel, Runtime } from './ports/runtime.ts'

/** Everything a worker brings with it. */
export interface Host {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Absent where there is no file system (C1.4). */
  readonly readFile?: ((path: string) => Promise<string>) | undefined
  readonly runtime: (level: LogLevel) => Runtime
  readonly metrics: Metrics
  readonly channels: ChannelMakers
  readonly persistencies: PersistencyMakers
  /** The store of a saga.json that names none. */
  readonly embedded: PersistencyConfiguration
}

/** A host whose environment and configuration were read and found valid. */
export interface Prepared {
  readonly host: Host
  readonly environment: Environment
  readonly configuration: Configuration
  readonly runtime: Runtime
}

export interface Service {
  readonly app: Hono
  readonly environment: Environment
  readonly runtime: Runtime
  /** Ends what is under way, then closes the store. What does not end within so many ms stays owed in it. */
  readonly stop: (within: Duration) => Promise<void>
}

/** Reads what the host was given. Throws `configuration-invalid` with every problem at once (C1.2). */
export async function prepare(host: Host): Promise<Prepared> {
  const environment = valid(readEnvironment(host.variables))
  const text = await configurationText(environment, host)
  const sources = { readFile: host.readFile, variable: (name: string) => host.variables[name] }
  const read = await readConfiguration(text, sources)
  const configuration = valid(read)
  const runtime = host.runtime(environment.logLevel)
  if (read.ok) for (const warning of read.warnings) runtime.log.warn(warning)
  return { host, environment, configuration, runtime }
}

/** The orchestrator of a prepared host over one store. */
export function conduct({ host, configuration, runtime }: Prepared, persistency: Persistency): Orchestrator {
  const channels = valid(attachChannels(configuration.channels, host.channels, runtime))
  const { deepMergeMetadata, unexpectedEvents } = configuration.settings
  const machine = compile(configuration.machine, {
    merge: deepMergeMetadata ? mergeDeep : mergeFirstLevel,
    leaseOf: (channel) => leaseOf(channels.get(channel)),
  })
  return new Orchestrator({ machine, persistency, channels, runtime, metrics: host.metrics, unexpectedEvents })
}

/** The HTTP door to a corridor, wherever that runs. */
export function openDoor(prepared: Prepared, corridor: Corridor, store: string, ready: () => Promise<Health>): Hono {
  const { host, environment, configuration, runtime } = prepared
  const { apiToken, readToken, basePath, sagaIdPrefix, bodyLimit } = environment
  return createApp({
    corridor,
    runtime,
    metrics: host.metrics,
    ready,
    store,
    tokens: { api: apiToken, read: readToken },
    basePath,
    sagaIdPrefix,
    bodyLimit,
    shown: { machine: configuration.machineShown, configuration: configuration.shown },
  })
}

/** A whole service in one process: store, orchestrator, door. */
export async function startService(host: Host): Promise<Service> {
  const prepared = await prepare(host)
  const { environment, configuration, runtime } = prepared
  const place = { runtime, dataPath: environment.dataPath }
  const channels = attachChannels(configuration.channels, host.channels, runtime)
  const store = attachPersistency(configuration.persistency, host.persistencies, host.embedded, place)
  if (!channels.ok && !store.ok) throw invalid([...channels.problems, ...store.problems])
  valid(channels)
  const persistency = await valid(store)()
  const orchestrator = conduct(prepared, persistency)
  orchestrator.start()
  const app = openDoor(prepared, orchestrator, persistency.name, () => persistency.probe())
  return {
    app,
    environment,
    runtime,
    async stop(within) {
      await orchestrator.stop(within)
      await persistency.close()
    },
  }
}

async function configurationText({ configuration }: Environment, { readFile }: Host): Promise<string> {
  if (configuration.kind === 'text') return configuration.text
  if (readFile === undefined) {
    throw invalid([
      {
        path: 'CONFIGURATIONS_FILE_PATH',
        found: `"${configuration.path}"`,
        expected: 'CONFIGURATION with the text itself: this host has no file system',
      },
    ])
  }
  try {
    return await readFile(configuration.path)
  } catch (thrown) {
    const found = `"${configuration.path}" (${messageOf(thrown)})`
    throw invalid([{ path: 'CONFIGURATIONS_FILE_PATH', found, expected: 'the path of a file that can be read' }])
  }
}

function valid<T>(read: Read<T>): T {
  if (read.ok) return read.value
  throw invalid(read.problems)
}

function invalid(problems: readonly Problem[]): BatutaError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.map((problem) => `  ${describe(problem)}`)
  return new BatutaError('configuration-invalid', `read the configuration: ${count}\n${lines.join('\n')}`)
}
