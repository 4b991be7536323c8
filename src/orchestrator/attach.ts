import type { ChannelConfiguration } from '../config/channel-schema.ts'
import { BLOCKED_PORTS, httpHosts } from '../config/http-hosts.ts'
import type { HttpHost } from '../config/http-hosts.ts'
import { storeTypeOf } from '../config/persistency-schema.ts'
import type { PersistencyConfiguration, StoreConfiguration } from '../config/persistency-schema.ts'
import { problem, type Mismatch, type Problem } from '../config/problem.ts'
import type { Read } from '../config/read.ts'
import type { MachineDefinition } from '../machine/definition.ts'
import type { Channel } from '../ports/channel.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { PassOver, Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { HeaderIntake, Source } from '../ports/source.ts'

/** Factories of a worker's channels, by their `type` in saga.json. `undefined` for a configuration that sends no commands. */
export type ChannelMakers = {
  readonly [T in ChannelConfiguration['type']]?: (
    configuration: Extract<ChannelConfiguration, { type: T }>,
    runtime: Runtime,
  ) => Channel | undefined | Promise<Channel | undefined>
}

/** Factories of a worker's sources, by the `type` of their channel. `undefined` for a configuration that takes no events. */
export type SourceMakers = {
  readonly [T in ChannelConfiguration['type']]?: (
    configuration: Extract<ChannelConfiguration, { type: T }>,
    context: SourceContext,
  ) => Promise<Source | undefined>
}

/** Factories of a worker's stores, by their `type` in saga.json: the built-in ones, and types of the host's own. */
export type PersistencyMakers = BuiltInPersistencyMakers & OwnPersistencyMakers

type BuiltInPersistencyMakers = {
  readonly [T in PersistencyConfiguration['type']]?: (
    settings: Extract<PersistencyConfiguration, { type: T }>['configurations'],
    context: StoreContext,
  ) => Persistency | Promise<Persistency>
}

/**
 * A factory of a host's own type gets the settings as they are in the file (`OwnSettings`), and validates them. It throws a
 * `BatutaError` of the code `configuration-invalid` where they are wrong.
 */
interface OwnPersistencyMakers {
  readonly [type: string]: (settings: never, context: StoreContext) => Persistency | Promise<Persistency>
}

/** The host, as the maker of a source gets it. */
export interface SourceContext {
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly headers: HeaderIntake
}

/** The host, as the maker of a store gets it. */
export interface StoreContext {
  readonly runtime: Runtime
  /** Folder of the embedded store (C1.3 `DATA_PATH`). */
  readonly dataPath: string
  /** Called with each saga that cannot be read. */
  readonly passOver: PassOver
  /** The machine whose sagas it will hold, where one is known: a store may require values of every state (C5a). */
  readonly machine?: MachineDefinition | undefined
}

/** The open channels of a service, by their ids. */
export type Channels = ReadonlyMap<string, Channel>

/** A function that opens all channels; or a problem for each that this worker lacks, or its host cannot reach. */
export function attachChannels(
  configurations: readonly ChannelConfiguration[],
  makers: ChannelMakers,
  runtime: Runtime,
): Read<() => Promise<Channels>> {
  const problems = configurations.flatMap(({ type }, index) =>
    makers[type] === undefined
      ? [problem('channel.not-carried', notCarried(`communicationProtocols[${index}].type`, type, makers))]
      : [],
  )
  problems.push(...beyond(httpHosts({ channels: configurations, persistency: undefined }), runtime))
  if (problems.length > 0) return { ok: false, problems }
  const open = async () => {
    const opened = await openAll(configurations, (one) => makerOf(makers, one)?.(one, runtime))
    return new Map(opened.map((channel) => [channel.id, channel]))
  }
  return { ok: true, value: open, warnings: [] }
}

/** Opens the sources of all channels that have one. */
export function attachSources(
  configurations: readonly ChannelConfiguration[],
  makers: SourceMakers,
  context: SourceContext,
): Promise<readonly Source[]> {
  return openAll(configurations, (one) => makerOf(makers, one)?.(one, context))
}

/** The maker of the configuration's `type`. The compiler cannot follow the type of both through a mapped type. */
function makerOf<A extends readonly unknown[], T>(
  makers: { readonly [type in ChannelConfiguration['type']]?: (configuration: never, ...rest: A) => T },
  { type }: ChannelConfiguration,
): ((configuration: ChannelConfiguration, ...rest: A) => T) | undefined {
  return makers[type] as ((configuration: ChannelConfiguration, ...rest: A) => T) | undefined
}

/** Opens all at once. Where one fails, the others are closed and its error is thrown. */
async function openAll<T extends { close(): Promise<void> }>(
  configurations: readonly ChannelConfiguration[],
  open: (configuration: ChannelConfiguration) => T | undefined | Promise<T | undefined>,
): Promise<readonly T[]> {
  const opening = await Promise.allSettled(configurations.map(async (one) => open(one)))
  const opened = opening.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []))
  const failed = opening.find((one) => one.status === 'rejected')
  if (failed === undefined) return opened
  await Promise.allSettled(opened.map((one) => one.close()))
  throw failed.reason
}

/** Stores that a worker carries, and the one that it opens where saga.json names none. */
export interface StoreChoices {
  readonly makers: PersistencyMakers
  readonly embedded: { readonly type: string; readonly configurations: object }
}

/** A function that opens the configured store, or the embedded one where none is configured (C2); or the problems. */
export function attachPersistency(
  configuration: StoreConfiguration | undefined,
  { makers, embedded }: StoreChoices,
  context: StoreContext,
): Read<() => Persistency | Promise<Persistency>> {
  const { configurations } = configuration ?? embedded
  const type = configuration === undefined ? embedded.type : storeTypeOf(configuration)
  const make = makers[type] as ((s: unknown, c: StoreContext) => Persistency | Promise<Persistency>) | undefined
  if (make === undefined) {
    const mismatch = notCarried('persistencyManagement.type', type, makers)
    return { ok: false, problems: [problem('store.not-carried', mismatch)] }
  }
  const problems = beyond(httpHosts({ channels: [], persistency: configuration }), context.runtime)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: () => make(configurations, context), warnings: [] }
}

/** Problems of hosts that this runtime's network cannot reach as configured. */
function beyond(hosts: readonly HttpHost[], { name, blocksPorts, trusting }: Runtime): readonly Problem[] {
  return hosts.flatMap(({ path, port, portKey = 'port', ssl }) => {
    const problems: Problem[] = []
    if (blocksPorts && port !== undefined && BLOCKED_PORTS.has(port)) {
      const expected = `a port that ${name} can send to: it blocks those that browsers block`
      problems.push(problem('port.unreachable', { path: `${path}.${portKey}`, found: String(port), expected }))
    }
    if (trusting === undefined && ssl !== undefined) {
      const expected = `no "ssl": ${name} trusts its own authorities only`
      problems.push(problem('ssl.unsupported', { path: `${path}.ssl`, found: 'authorities', expected }))
    }
    return problems
  })
}

function notCarried(path: string, type: string, makers: object): Mismatch {
  const carried = Object.keys(makers).map((name) => `"${name}"`)
  return { path, found: `"${type}"`, expected: `what this worker carries: ${carried.join(', ') || 'none'}` }
}
