import type { Hono } from 'hono'
import type { Environment } from './config/environment.ts'
import { readEnvironment } from './config/environment.ts'
import type { PersistencyConfiguration } from './config/persistency-schema.ts'
import { describeProblem } from './config/problem.ts'
import { readConfiguration } from './config/read-configuration.ts'
import type { Configuration } from './config/read-configuration.ts'
import { mergeDeep, mergeFirstLevel } from './engine/merge.ts'
import { decodeUtf8 } from './config/utf8.ts'
import {
  invalidConfiguration,
  requireText,
  requireUtf8,
  requireValid,
  retentionProblems,
  withPositions,
} from './configuration-errors.ts'
import { BatutaError, reasonOf } from './errors.ts'
import { createApp } from './http/app.ts'
import type { ProbeOptions } from './http/probes.ts'
import { compile } from './machine/compile.ts'
import type { Machine } from './machine/compile.ts'
import { attachChannels } from './orchestrator/attach.ts'
import type { ChannelMakers, Channels, PersistencyMakers, SourceMakers } from './orchestrator/attach.ts'
import type { Corridor } from './orchestrator/corridor.ts'
import { NumberGuard } from './orchestrator/number-guard.ts'
import { assemble } from './orchestrator/assemble.ts'
import type { Orchestrator } from './orchestrator/orchestrator.ts'
import type { OrchestratorOptions } from './orchestrator/assemble.ts'
import { leaseOf } from './orchestrator/sender.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Persistency } from './ports/persistency.ts'
import type { LogLevel, Runtime } from './ports/runtime.ts'

/** Everything a worker brings with it. */
export interface Host {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Whether `CONFIGURATION` was made of what is compiled into the bundle, so that nobody has written its lines. */
  readonly isCompiled?: boolean | undefined
  /** Absent where there is no file system (C1.4). */
  readonly readFile?: ((path: string) => Promise<Uint8Array>) | undefined
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
export interface PreparedHost {
  readonly host: Host
  readonly environment: Environment
  readonly configuration: Configuration
  readonly runtime: Runtime
}

/** Reads what the host was given. Throws `configuration-invalid` with every problem at once (C1.2). */
export async function prepareHost(host: Host): Promise<PreparedHost> {
  const variables = readEnvironment(host.variables)
  const environment = requireValid(variables)
  const text = await configurationText(environment, host)
  const sources = { readFile: host.readFile, variable: (name: string) => host.variables[name] }
  const read = await readConfiguration(text, sources, { isGenerated: host.isCompiled === true })
  const configuration = requireValid(read)
  const runtime = host.runtime(environment.logLevel)
  const findings = [variables, read].flatMap((one) => (one.ok ? one.warnings : []))
  for (const finding of findings) runtime.log.warn(describeProblem(finding))
  return { host, environment, configuration, runtime }
}

/** How to open the channels of a prepared host. Throws `configuration-invalid` where it does not carry one. */
export function openChannels({ host, configuration, runtime }: PreparedHost): Promise<Channels> {
  return requireValid(withPositions(attachChannels(configuration.channels, host.channels, runtime), configuration))()
}

/** What the orchestrators of a host have in common; pure, so that requests may share it on the edge. */
export function compileMachine({ configuration }: PreparedHost, channels: Channels): Machine {
  return compile(configuration.machine, {
    merge: configuration.settings.deepMergeMetadata ? mergeDeep : mergeFirstLevel,
    leaseOf: (channel) => leaseOf(channels.get(channel)),
  })
}

/** The orchestrator of a prepared host over one store. */
export function composeOrchestrator(
  { host, environment, configuration, runtime }: PreparedHost,
  persistency: Persistency,
  parts: Pick<OrchestratorOptions, 'machine' | 'channels' | 'retryAt' | 'scanProgress' | 'incidents'>,
): Orchestrator {
  const { unexpectedEvents, retention } = configuration.settings
  if (retention !== undefined && persistency.can.removal === false)
    throw invalidConfiguration(retentionProblems(persistency.name, configuration))
  const { maxSagaSize } = environment
  const { metrics } = host
  return assemble({ ...parts, persistency, runtime, metrics, unexpectedEvents, retention, maxSagaSize })
}

/** What a door does with numbers that became others. */
export function createNumbers({ host, configuration, runtime }: PreparedHost): NumberGuard {
  const { inexactNumbers } = configuration.settings
  return new NumberGuard({ policy: inexactNumbers, metrics: host.metrics, log: runtime.log })
}

/** The HTTP door to a corridor, wherever that runs. */
export function composeApp(
  prepared: PreparedHost,
  corridor: Corridor,
  store: string,
  { ready, alive }: Pick<ProbeOptions, 'ready' | 'alive'>,
): Hono {
  const { host, environment, configuration, runtime } = prepared
  const { apiToken, readToken, basePath, sagaIdPrefix, bodyLimit, bodiesLimit, bodyTimeout } = environment
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
    bodiesLimit,
    bodyTimeout,
    numbers: createNumbers(prepared),
    shown: { machine: configuration.machineShown, configuration: configuration.shown },
  })
}

async function configurationText({ configuration }: Environment, { readFile }: Host): Promise<string> {
  // Where there are files, the text is a variable of the process, which somebody else has decoded.
  if (configuration.kind === 'text')
    return readFile === undefined ? configuration.text : requireUtf8(configuration.text)
  const { path } = configuration
  if (readFile === undefined) {
    const expected = 'CONFIGURATION with the text itself: this host has no file system'
    throw invalidConfiguration([{ path: 'CONFIGURATIONS_FILE_PATH', found: `"${path}"`, expected }])
  }
  try {
    return requireText(decodeUtf8(await readFile(path)))
  } catch (thrown) {
    if (thrown instanceof BatutaError) throw thrown
    const found = `"${path}" (${reasonOf(thrown)})`
    throw invalidConfiguration([
      { path: 'CONFIGURATIONS_FILE_PATH', found, expected: 'the path of a file that can be read' },
    ])
  }
}
