import { restChannel } from '../../adapters/channel/rest.ts'
import { prometheusMetrics } from '../../adapters/metrics/prometheus.ts'
import { crudPersistency } from '../../adapters/persistency/crud.ts'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { workerdRuntime } from '../../adapters/runtime/workerd.ts'
import { storeTypeOf } from '../../src/config/persistency-schema.ts'
import type { PersistencyConfiguration } from '../../src/config/persistency-schema.ts'
import { describeProblem } from '../../src/config/problem.ts'
import type { Problem } from '../../src/config/problem.ts'
import { BatutaError } from '../../src/errors.ts'
import type { LoadHook } from '../../src/load-hooks.ts'
import { attachChannels, attachPersistency } from '../../src/orchestrator/attach.ts'
import type { ChannelMakers, PersistencyMakers } from '../../src/orchestrator/attach.ts'
import { reportUnreadableOnce } from '../../src/orchestrator/observability/unreadable-sagas.ts'
import type { Capabilities, Persistency } from '../../src/ports/persistency.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import { retentionProblems, withPositions } from '../../src/configuration-errors.ts'
import type { ConsoleMaker } from '../../src/console/console.ts'
import type { DocumentationMaker } from '../../src/documentation/documentation.ts'
import type { PictureMaker } from '../../src/picture-routes/pictures.ts'
import { prepareHost } from '../../src/service.ts'
import type { Host, PreparedHost } from '../../src/service.ts'

type ObjectStore = Extract<PersistencyConfiguration, { type: 'durable-object' }>

/** A host on workerd whose saga.json was read and found valid. */
export interface PreparedEdge extends PreparedHost {
  /** The name of the Durable Object binding. */
  readonly binding: string
  /** The store's type in saga.json. */
  readonly store: string
  /** Why the service needs Durable Objects; absent where it does not. */
  readonly needsObjects?: string | undefined
  /** Opens the shared store for one request or one object; absent where each object stores its own saga. */
  readonly openStore?: OpenStore | undefined
}

/** Opens the shared store, once for the isolate. */
export type OpenStore = () => Persistency | Promise<Persistency>

/** The store where saga.json names none. */
const EMBEDDED: ObjectStore = { type: 'durable-object', configurations: { binding: 'SAGAS' } }

/** Stores over HTTP. They group no writes: on workerd a request must not wait for the I/O of another. */
const STORES: PersistencyMakers = {
  rest: (settings, { runtime }) => restPersistency(settings, runtime.fetch),
  crud: (settings, { runtime, passOver, machine }) => crudPersistency(settings, runtime.fetch, { passOver, machine }),
}

/** One for the isolate: the Worker and its objects count together. */
const metrics = prometheusMetrics()

/**
 * Channels and stores of one's own, beside those of the edge, and a loader of hooks in place of the compiled ones. A store must
 * hold nothing that belongs to one request.
 */
export interface EdgeAdditions {
  readonly channels?: ChannelMakers | undefined
  readonly persistencies?: PersistencyMakers | undefined
  /** The routes below `/documentation`; without them the bundle is smaller. */
  readonly documentation?: DocumentationMaker | undefined
  /** The page at `/console`; without it the bundle is smaller. */
  readonly console?: ConsoleMaker | undefined
  /** The routes that draw the machine; without them the bundle holds no layout. */
  readonly pictures?: PictureMaker | undefined
  readonly loadHook?: LoadHook | undefined
}

/** The host on workerd, without a file system. `waitUntil` is the platform's; a check of the configuration elsewhere has none. */
export function edgeHost(
  variables: Host['variables'],
  additions: EdgeAdditions = {},
  waitUntil: Runtime['waitUntil'] = () => undefined,
): Host {
  const { channels, persistencies, documentation, console, pictures, loadHook } = additions
  return {
    variables,
    runtime: (level, format) => workerdRuntime(level, waitUntil, { format }),
    metrics,
    channels: {
      rest: (configuration, { fetch, headerText }) => restChannel(configuration, fetch, headerText),
      ...channels,
    },
    persistencies: { ...STORES, ...persistencies },
    embedded: EMBEDDED,
    documentation,
    console,
    pictures,
    loadHook,
  }
}

/** Reads variables and saga.json. Throws `configuration-invalid` with every problem at once (C1.2). */
export async function prepareEdge(host: Host): Promise<PreparedEdge> {
  const prepared = await prepareHost(host)
  const { configuration, runtime } = prepared
  const attached = withPositions(attachChannels(configuration.channels, host.channels, runtime), configuration)
  const { persistency = EMBEDDED } = configuration
  const store = persistency.type === EMBEDDED.type ? undefined : attachStore(prepared)
  const problems = [attached, ...(store === undefined ? [] : [store])].flatMap((read) => (read.ok ? [] : read.problems))
  const openStore = store?.ok ? store.value : undefined
  const can = (await openStore?.())?.can
  const type = storeTypeOf(persistency)
  if (store?.ok !== false) problems.push(...checkRetention(prepared, type, can))
  if (problems.length > 0) throw invalidEdgeConfiguration(problems)
  const { binding } = persistency.type === 'durable-object' ? persistency.configurations : EMBEDDED.configurations
  return { ...prepared, binding, store: type, openStore, needsObjects: whyObjects(can) }
}

/** An isolate has no storage of its own, and no memory of other requests' commands, which redelivery needs (P17). */
function whyObjects(can: Capabilities | undefined): string | undefined {
  if (can === undefined) return 'each object stores its own saga'
  return can.recovery.by === 'redelivery'
    ? 'the store cannot list due commands, so the alarms of objects send them again'
    : undefined
}

/** The error `configuration-invalid`, a problem a line. */
export function invalidEdgeConfiguration(problems: readonly Problem[]): BatutaError {
  const lines = problems.map((problem) => `\n  ${describeProblem(problem)}`)
  return new BatutaError('configuration-invalid', `read the configuration for the edge:${lines.join('')}`)
}

function attachStore({ host, configuration, environment, runtime }: PreparedHost) {
  const makers: PersistencyMakers = { [EMBEDDED.type]: neverOpened, ...host.persistencies }
  const passOver = reportUnreadableOnce(runtime.log, host.metrics)
  const place = { runtime, dataPath: environment.dataPath, passOver, machine: configuration.machine }
  return withPositions(
    attachPersistency(configuration.persistency, { makers, embedded: EMBEDDED }, place),
    configuration,
  )
}

/** Listed among the stores for the error message that names all of them; never called. */
function neverOpened(): never {
  throw new Error('open the store of all objects: each has its own')
}

function checkRetention({ configuration }: PreparedHost, store: string, can?: Capabilities): readonly Problem[] {
  const isServed = configuration.settings.retention === undefined || (can !== undefined && can.removal !== false)
  return isServed ? [] : retentionProblems(store, configuration)
}
