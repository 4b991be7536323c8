import type { Hono } from 'hono'
import type { Environment } from './config/environment.ts'
import { readEnvironment } from './config/environment.ts'
import type { PatternJudge } from './config/payload-schemas.ts'
import { describeProblem, problem, type Problem } from './config/problem.ts'
import { readConfiguration } from './config/read-configuration.ts'
import type { Configuration } from './config/examine-configuration.ts'
import { mergeDeep, mergeFirstLevel } from './engine/merge.ts'
import { mergeWithHook } from './engine/merge-with-hook.ts'
import { decodeUtf8 } from './config/utf8.ts'
import {
  invalidConfiguration,
  requireText,
  requireUtf8,
  requireValid,
  retentionProblems,
  timeoutProblems,
  withPositions,
} from './configuration-errors.ts'
import { BatutaError, reasonOf } from './errors.ts'
import type { ConsoleMaker } from './console/console.ts'
import type { DocumentationMaker } from './documentation/documentation.ts'
import { createApp } from './http/app.ts'
import type { PictureMaker } from './picture-routes/pictures.ts'
import type { ProbeOptions } from './http/probes.ts'
import type { RouteOptions } from './http/routes.ts'
import { knownLabels } from './known-labels.ts'
import { loadHooks } from './load-hooks.ts'
import type { LoadedHooks, LoadHook } from './load-hooks.ts'
import { compile } from './machine/compile.ts'
import type { Machine, Merge } from './machine/compile.ts'
import { attachChannels } from './orchestrator/attach.ts'
import type { ChannelMakers, Channels, PersistencyMakers, SourceMakers } from './orchestrator/attach.ts'
import type { Corridor } from './orchestrator/corridor.ts'
import { HeaderSelection } from './orchestrator/hooks/header-selection.ts'
import { HookWatch } from './orchestrator/hooks/hook-watch.ts'
import { Incidents } from './orchestrator/incidents.ts'
import { NumberGuard } from './orchestrator/events/number-guard.ts'
import { assemble } from './orchestrator/assemble.ts'
import type { Orchestrator } from './orchestrator/orchestrator.ts'
import type { OrchestratorOptions } from './orchestrator/assemble.ts'
import { leaseOf } from './orchestrator/sending/debt-leases.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Persistency } from './ports/persistency.ts'
import type { LogFormat, LogLevel, Runtime } from './ports/runtime.ts'
import type { HeaderIntake } from './ports/source.ts'

/** The host of a service: its variables, its runtime, and the adapters that saga.json may name. */
export interface Host {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** True if `CONFIGURATION` is generated from a saga.json in the bundle: then problems carry no line numbers. */
  readonly isCompiled?: boolean | undefined
  /** Reads a secret of type `env` in saga.json (C2.6). Absent: `variables` has them. */
  readonly secret?: ((name: string) => string | undefined) | undefined
  /** Absent where there is no file system (C1.4). */
  readonly readFile?: ((path: string) => Promise<Uint8Array>) | undefined
  /** Makes functions of the hooks in saga.json (C2.7). Absent: a saga.json with hooks is refused. */
  readonly loadHook?: LoadHook | undefined
  /** Compiles a hook without evaluating it: the reason why it is no usable module. Absent: the console reports no flaws of hooks. */
  readonly flawOfHook?: ((source: string) => Promise<string | undefined>) | undefined
  /** Proves patterns of payload schemas linear that the core cannot prove so. Absent: none; they are not tried on long texts. */
  readonly judgePattern?: PatternJudge | undefined
  readonly runtime: (level: LogLevel, format: LogFormat) => Runtime
  readonly metrics: Metrics
  readonly channels: ChannelMakers
  /** Absent where all events come over HTTP. */
  readonly sources?: SourceMakers | undefined
  readonly persistencies: PersistencyMakers
  /** The routes below `/documentation`; absent, the service has none. */
  readonly documentation?: DocumentationMaker | undefined
  /** The page at `/console`; absent, the service has none. */
  readonly console?: ConsoleMaker | undefined
  /** The routes that draw the machine; absent, the service has none. */
  readonly pictures?: PictureMaker | undefined
  /** The store of a saga.json that names none; its type is one of `persistencies`. */
  readonly embedded: { readonly type: string; readonly configurations: object }
  /** Receives the function that sweeps once, on a host whose timers end with a request: its cron trigger calls it (P19). */
  readonly rouse?: ((look: () => Promise<void>) => void) | undefined
}

/** A host whose environment and configuration were read and found valid. */
export interface PreparedHost {
  readonly host: Host
  readonly environment: Environment
  readonly configuration: Configuration
  readonly hooks: LoadedHooks
  readonly runtime: Runtime
}

/** Reads environment and saga.json. Throws `configuration-invalid` with every problem at once (C1.2). */
export async function prepareHost(host: Host): Promise<PreparedHost> {
  const variables = readEnvironment(host.variables)
  const environment = requireValid(variables)
  const text = await configurationText(environment, host)
  const secret = host.secret ?? ((name: string) => host.variables[name])
  const sources = { readFile: host.readFile, variable: secret }
  const read = await readConfiguration(text, sources, {
    isGenerated: host.isCompiled === true,
    judgePattern: host.judgePattern,
    ownStores: Object.keys(host.persistencies),
  })
  const configuration = requireValid(read)
  const hooks = requireValid(await loadHooks(configuration.hooks, host.loadHook))
  const runtime = host.runtime(environment.logLevel, environment.logFormat)
  host.metrics.prepare(knownLabels(configuration, { runtime: runtime.name, embedded: host.embedded.type }))
  const findings = [variables, read].flatMap((one) => (one.ok ? one.warnings : []))
  for (const finding of findings) {
    runtime.log.write('configuration.finding', { finding: describeProblem(finding), findingCode: finding.code })
  }
  return { host, environment, configuration, hooks, runtime }
}

/** Opens the channels of saga.json. Throws `configuration-invalid` where the host has no adapter for one. */
export function openChannels({ host, configuration, runtime }: PreparedHost): Promise<Channels> {
  return requireValid(withPositions(attachChannels(configuration.channels, host.channels, runtime), configuration))()
}

/** The state machine of saga.json. It is immutable, so that all orchestrators of a host share it. */
export function compileMachine(prepared: PreparedHost, channels: Channels): Machine {
  const { configuration, hooks } = prepared
  return compile(configuration.machine, {
    merge: mergeOf(prepared),
    leaseOf: (channel) => leaseOf(channels.get(channel)),
    hookOf: hooks.commandHookOf,
    mergeHook: configuration.settings.mergeHook,
    movedStates: configuration.settings.movedStates,
    isLinearPattern: (source) => configuration.linearPatterns.has(source),
  })
}

function mergeOf({ host, environment, configuration, hooks, runtime }: PreparedHost): Merge {
  if (!configuration.settings.deepMergeMetadata) return mergeFirstLevel
  if (hooks.merge === undefined) return mergeDeep
  const merge = mergeWithHook(hooks.merge, environment.maxSagaSize)
  const watch = new HookWatch({ runtime, metrics: host.metrics, incidents: new Incidents(runtime) })
  return (metadata, payload) => watch.run('deepMergeMetadata', () => merge(metadata, payload))
}

/** The orchestrator over one store. Throws `configuration-invalid` where saga.json asks for something that the store cannot do. */
export function composeOrchestrator(
  { host, environment, configuration, runtime }: PreparedHost,
  persistency: Persistency,
  parts: Pick<
    OrchestratorOptions,
    'machine' | 'channels' | 'sources' | 'retryAt' | 'scanProgress' | 'incidents' | 'watchLife'
  >,
): Orchestrator {
  const { unexpectedEvents, parking, retention, timerGrace } = configuration.settings
  const problems = [
    ...(retention !== undefined && persistency.can.removal === false
      ? retentionProblems(persistency.name, configuration)
      : []),
    ...(persistency.can.recovery.by === 'redelivery' ? timeoutProblems(persistency.name, configuration) : []),
  ]
  if (problems.length > 0) throw invalidConfiguration(problems)
  const { maxSagaSize } = environment
  const { metrics } = host
  const adapters = { persistency, runtime, metrics }
  return assemble({ ...parts, ...adapters, unexpectedEvents, parking, retention, timerGrace, maxSagaSize })
}

/** The policy for numbers that no double holds, for HTTP or for the sources. */
export function createNumbers({ host, configuration, runtime }: PreparedHost): NumberGuard {
  const { inexactNumbers } = configuration.settings
  return new NumberGuard({ policy: inexactNumbers, metrics: host.metrics, log: runtime.log })
}

/** The selection of headers that events of sources hand on (C3.6). */
export function createHeaders({ host, environment, runtime }: PreparedHost): HeaderIntake {
  const { metrics } = host
  return new HeaderSelection({ names: environment.handedOnHeaders, metrics, incidents: new Incidents(runtime) })
}

/** The parts of an app beside its host. */
export interface AppParts
  extends Pick<ProbeOptions, 'ready' | 'alive' | 'isLeaving'>, Pick<RouteOptions, 'bulk' | 'channels'> {
  readonly corridor: Corridor
  /** The store's name, for the 501 of a store that cannot list. */
  readonly store: string
  /** False where an answer waits for a participant (P17). Default: true. */
  readonly judgesWaits?: boolean | undefined
}

/** The HTTP API over a corridor, which may run in this process or elsewhere. */
export function composeApp(prepared: PreparedHost, parts: AppParts): Hono {
  const { host, environment, configuration, runtime } = prepared
  const { apiToken, readToken, basePath, sagaIdPrefix, bodyLimit, bodiesLimit, bodyTimeout, handedOnHeaders } =
    environment
  const { requestsLimit } = environment
  return createApp({
    ...parts,
    runtime,
    metrics: host.metrics,
    logLevel: environment.logLevel,
    tokens: { api: apiToken, read: readToken },
    basePath,
    sagaIdPrefix,
    bodyLimit,
    bodiesLimit,
    requestsLimit,
    bodyTimeout,
    numbers: createNumbers(prepared),
    handedOnHeaders,
    shown: { machine: configuration.machineShown, configuration: configuration.shown },
    console: environment.hasConsole ? host.console : undefined,
    checking: {
      ownStores: Object.keys(host.persistencies),
      linearPatterns: configuration.linearPatterns,
      flawOfHook: host.flawOfHook,
    },
    pictures: host.pictures?.(configuration),
    documentation: host.documentation?.({ configuration, basePath, hasTokens: apiToken !== undefined }),
  })
}

async function configurationText({ configuration }: Environment, { readFile }: Host): Promise<string> {
  // On a host with files the text is an environment variable, which the host has decoded: it may have replaced bytes.
  if (configuration.kind === 'text')
    return readFile === undefined ? configuration.text : requireUtf8(configuration.text)
  const { path } = configuration
  if (readFile === undefined) {
    const expected = 'CONFIGURATION with the text itself: this host has no file system'
    throw invalidConfiguration([unreadable(`"${path}"`, expected)])
  }
  try {
    return requireText(decodeUtf8(await readFile(path)))
  } catch (thrown) {
    if (thrown instanceof BatutaError) throw thrown
    const found = `"${path}" (${reasonOf(thrown)})`
    throw invalidConfiguration([unreadable(found, 'the path of a file that can be read')])
  }
}

function unreadable(found: string, expected: string): Problem {
  return problem('file.unreadable', { path: 'CONFIGURATIONS_FILE_PATH', found, expected })
}
