import type { Hono } from 'hono'
import type { Environment } from './config/environment.ts'
import { readEnvironment } from './config/environment.ts'
import type { PersistencyConfiguration } from './config/persistency-schema.ts'
import { describe } from './config/problem.ts'
import type { Problem, Read } from './config/problem.ts'
import { readConfiguration } from './config/read.ts'
import type { Configuration } from './config/read.ts'
import { mergeDeep, mergeFirstLevel } from './engine/merge.ts'
import { BatutaError, messageOf } from './errors.ts'
import { createApp } from './http/app.ts'
import type { ProbeOptions } from './http/probes.ts'
import { compile } from './machine/compile.ts'
import type { Machine } from './machine/compile.ts'
import { attachChannels } from './orchestrator/attach.ts'
import type { ChannelMakers, Channels, PersistencyMakers, SourceMakers } from './orchestrator/attach.ts'
import type { Corridor } from './orchestrator/corridor.ts'
import { Orchestrator } from './orchestrator/orchestrator.ts'
import type { OrchestratorOptions } from './orchestrator/orchestrator.ts'
import { leaseOf } from './orchestrator/sender.ts'
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
  /** Absent where nothing but HTTP brings events in. */
  readonly sources?: SourceMakers | undefined
  readonly persistencies: PersistencyMakers
  /** The store of a saga.json that names none. */
  readonly embedded: PersistencyConfiguration
  /** Is told how to look for what is due, where our timers do not outlive requests (P19). */
  readonly rouse?: ((look: () => Promise<void>) => void) | undefined
}

/** A host whose environment and configuration were read and found valid. */
export interface Prepared {
  readonly host: Host
  readonly environment: Environment
  readonly configuration: Configuration
  readonly runtime: Runtime
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

/** What the orchestrators of a host have in common; pure, so that requests may share it on the edge. */
export function machineOf({ configuration }: Prepared, channels: Channels): Machine {
  return compile(configuration.machine, {
    merge: configuration.settings.deepMergeMetadata ? mergeDeep : mergeFirstLevel,
    leaseOf: (channel) => leaseOf(channels.get(channel)),
  })
}

/** The orchestrator of a prepared host over one store. */
export function conduct(
  { host, configuration, runtime }: Prepared,
  persistency: Persistency,
  parts: Pick<OrchestratorOptions, 'machine' | 'channels' | 'retryAt' | 'backlog' | 'troubles'>,
): Orchestrator {
  const { unexpectedEvents, retention } = configuration.settings
  if (retention !== undefined && persistency.can.removal === false) throw invalid([notRemovable(persistency.name)])
  return new Orchestrator({ ...parts, persistency, runtime, metrics: host.metrics, unexpectedEvents, retention })
}

/** Where a saga.json asks for a retention that its store cannot give. */
export function notRemovable(store: string): Problem {
  const path = 'settings.retention.final'
  return { path, found: 'a duration', expected: `none: sagas cannot be taken away from the store "${store}"` }
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

/** The value, or `configuration-invalid` with every problem. */
export function valid<T>(read: Read<T>): T {
  if (read.ok) return read.value
  throw invalid(read.problems)
}

/** Every problem at once, a line each. */
export function invalid(problems: readonly Problem[]): BatutaError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.map((problem) => `  ${describe(problem)}`)
  return new BatutaError('configuration-invalid', `read the configuration: ${count}\n${lines.join('\n')}`)
}
