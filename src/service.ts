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
import type { ProbeOptions } from './http/probes.ts'
import { compile } from './machine/compile.ts'
import { attachChannels, attachPersistency, attachSources } from './orchestrator/attach.ts'
import type { ChannelMakers, Channels, PersistencyMakers, SourceMakers } from './orchestrator/attach.ts'
import type { Corridor } from './orchestrator/corridor.ts'
import { Orchestrator } from './orchestrator/orchestrator.ts'
import { SourceIntake } from './orchestrator/intake.ts'
import { atMost } from './orchestrator/pause.ts'
import { leaseOf } from './orchestrator/sender.ts'
import type { Health } from './ports/health.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Persistency } from './ports/persistency.ts'
import type { LogLevel, Runtime } from './ports/runtime.ts'
import type { Source } from './ports/source.ts'

/** Everything a worker brings with it. */
export interface Host {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Absent where there is no file system (C1.4). */
  readonly readFile?: ((path: string) => Promise<string>) | undefined
  readonly runtime: (level: LogLevel) => Runtime
  readonly metrics: Metrics
  readonly channels: ChannelMakers
  /** Absent where nothing but HTTP brings events in. */
  readonly sources?: SourceMakers | undefined
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
  /**
   * Lets the sources take events, once the door is open. Resolves when all were closed; rejects where one must not go on:
   * then the process is to end, and say why.
   */
  readonly run: () => Promise<void>
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

/** How to open the channels of a prepared host. Throws `configuration-invalid` where it does not carry one. */
export function openChannels({ host, configuration, runtime }: Prepared): Promise<Channels> {
  return valid(attachChannels(configuration.channels, host.channels, runtime))()
}

/** The orchestrator of a prepared host over one store. */
export function conduct(prepared: Prepared, channels: Channels, persistency: Persistency): Orchestrator {
  const { host, configuration, runtime } = prepared
  const { deepMergeMetadata, unexpectedEvents } = configuration.settings
  const machine = compile(configuration.machine, {
    merge: deepMergeMetadata ? mergeDeep : mergeFirstLevel,
    leaseOf: (channel) => leaseOf(channels.get(channel)),
  })
  return new Orchestrator({ machine, persistency, channels, runtime, metrics: host.metrics, unexpectedEvents })
}

/** The HTTP door to a corridor, wherever that runs. */
export function openDoor(
  prepared: Prepared,
  corridor: Corridor,
  store: string,
  { ready, alive }: Pick<ProbeOptions, 'ready' | 'alive'>,
): Hono {
  const { host, environment, configuration, runtime } = prepared
  const { apiToken, readToken, basePath, sagaIdPrefix, bodyLimit } = environment
  return createApp({
    corridor,
    runtime,
    metrics: host.metrics,
    ready,
    alive,
    store,
    tokens: { api: apiToken, read: readToken },
    basePath,
    sagaIdPrefix,
    bodyLimit,
    shown: { machine: configuration.machineShown, configuration: configuration.shown },
  })
}

/** A whole service in one process: channels, store, orchestrator, sources, door. */
export async function startService(host: Host): Promise<Service> {
  const prepared = await prepare(host)
  const { environment, configuration, runtime } = prepared
  const { metrics } = host
  const place = { runtime, dataPath: environment.dataPath }
  const channelsRead = attachChannels(configuration.channels, host.channels, runtime)
  const store = attachPersistency(configuration.persistency, host.persistencies, host.embedded, place)
  if (!channelsRead.ok && !store.ok) throw invalid([...channelsRead.problems, ...store.problems])
  const [openAll, openStore] = [valid(channelsRead), valid(store)]
  const channels = await openAll()
  const sources = await attachSources(configuration.channels, host.sources ?? {}, { runtime, metrics })
  const persistency = await openStore()
  await refuseEmptyStore(prepared, persistency, sources)
  const orchestrator = conduct(prepared, channels, persistency)
  orchestrator.start()
  const reached = [persistency, ...channels.values(), ...sources]
  const app = openDoor(prepared, orchestrator, persistency.name, {
    ready: async () => firstIll(await Promise.all(reached.map((one) => one.probe()))),
    alive: () => firstIll(sources.map((source) => source.alive())),
  })
  const intake = new SourceIntake({ corridor: orchestrator, persistency, runtime })
  return {
    app,
    environment,
    runtime,
    async run() {
      await Promise.all(sources.map((source) => source.run(intake, !persistency.can.shared)))
    },
    async stop(within) {
      const deadline = runtime.monotonic() + within
      await atMost(runtime, within, Promise.allSettled(sources.map((source) => source.close())))
      await orchestrator.stop(Math.max(0, deadline - runtime.monotonic()))
      await Promise.allSettled([...channels.values()].map((channel) => channel.close()))
      await persistency.close()
    },
  }
}

function firstIll(healths: readonly Health[]): Health {
  return healths.find(({ ok }) => !ok) ?? { ok: true }
}

/** Where the store is the process's own and empty, events that were acknowledged before belong to sagas that are lost (P22). */
async function refuseEmptyStore(
  { environment, configuration }: Prepared,
  { name, can }: Persistency,
  sources: readonly Source[],
): Promise<void> {
  if (can.shared || environment.allowEmptyStore || can.list === false) return
  if ((await can.list.page({ limit: 1 })).items.length > 0) return
  const begun = await Promise.all(sources.map((source) => source.hasBegun()))
  const ids = sources.filter((_, index) => begun[index]).map(({ id }) => `"${id}"`)
  if (ids.length === 0) return
  throw new BatutaError(
    'source-refused',
    `open the store "${configuration.persistency?.type ?? name}": found it empty, but events of ${ids.join(', ')} were ` +
      'acknowledged before; expected the store that has their sagas. Is DATA_PATH the folder of the last run? ' +
      'ALLOW_EMPTY_STORE=true starts with the empty one',
  )
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
