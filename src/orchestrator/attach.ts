import type { ChannelConfiguration } from '../config/channel-schema.ts'
import { BLOCKED_PORTS, httpHosts } from '../config/http-hosts.ts'
import type { HttpHost } from '../config/http-hosts.ts'
import { storeTypeOf } from '../config/persistency-schema.ts'
import type { PersistencyConfiguration, StoreConfiguration } from '../config/persistency-schema.ts'
import type { Problem } from '../config/problem.ts'
import type { Read } from '../config/read.ts'
import type { Channel } from '../ports/channel.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { PassOver, Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Source } from '../ports/source.ts'

/** What a worker carries, by the `type` that a saga.json names it with. A configuration may have no commands to send. */
export type ChannelMakers = {
  readonly [T in ChannelConfiguration['type']]?: (
    configuration: Extract<ChannelConfiguration, { type: T }>,
    runtime: Runtime,
  ) => Channel | undefined | Promise<Channel | undefined>
}

/** Sources of those types that have any; a configuration may have no events to take. */
export type SourceMakers = {
  readonly [T in ChannelConfiguration['type']]?: (
    configuration: Extract<ChannelConfiguration, { type: T }>,
    place: { readonly runtime: Runtime; readonly metrics: Metrics },
  ) => Promise<Source | undefined>
}

/** Stores by the `type` that a saga.json names them with: ours, and types of the host's own. */
export type PersistencyMakers = BuiltInPersistencyMakers & OwnPersistencyMakers

type BuiltInPersistencyMakers = {
  readonly [T in PersistencyConfiguration['type']]?: (
    settings: Extract<PersistencyConfiguration, { type: T }>['configurations'],
    context: StoreContext,
  ) => Persistency | Promise<Persistency>
}

/**
 * A maker of a type of the host's own says itself what its settings are: it gets what stands in the file (`OwnSettings`), and
 * validates that. It throws a `BatutaError` of the code `configuration-invalid` where they are wrong.
 */
interface OwnPersistencyMakers {
  readonly [type: string]: (settings: never, context: StoreContext) => Persistency | Promise<Persistency>
}

/** What the maker of a store gets from the host. */
export interface StoreContext {
  readonly runtime: Runtime
  /** Folder of the embedded store (C1.3 `DATA_PATH`). */
  readonly dataPath: string
  /** Told of sagas that cannot be read. */
  readonly passOver: PassOver
}

/** The open channels of a service, by their ids. */
export type Channels = ReadonlyMap<string, Channel>

/** How to open the channels, or a problem for each that this worker does not carry. */
export function attachChannels(
  configurations: readonly ChannelConfiguration[],
  makers: ChannelMakers,
  runtime: Runtime,
): Read<() => Promise<Channels>> {
  const problems = configurations.flatMap(({ type }, index) =>
    makers[type] === undefined ? [notCarried(`communicationProtocols[${index}].type`, type, makers)] : [],
  )
  problems.push(...beyond(httpHosts({ channels: configurations, persistency: undefined }), runtime))
  if (problems.length > 0) return { ok: false, problems }
  const open = async () => {
    const opened = await openAll(configurations, (one) => makerOf(makers, one)?.(one, runtime))
    return new Map(opened.map((channel) => [channel.id, channel]))
  }
  return { ok: true, value: open, warnings: [] }
}

/** Opens the sources of those channels that have one. */
export function attachSources(
  configurations: readonly ChannelConfiguration[],
  makers: SourceMakers,
  place: { readonly runtime: Runtime; readonly metrics: Metrics },
): Promise<readonly Source[]> {
  return openAll(configurations, (one) => makerOf(makers, one)?.(one, place))
}

/** A configuration and its maker have the same `type`, which the compiler cannot follow through a mapped type. */
function makerOf<A extends readonly unknown[], T>(
  makers: { readonly [type in ChannelConfiguration['type']]?: (configuration: never, ...rest: A) => T },
  { type }: ChannelConfiguration,
): ((configuration: ChannelConfiguration, ...rest: A) => T) | undefined {
  return makers[type] as ((configuration: ChannelConfiguration, ...rest: A) => T) | undefined
}

/** All side by side; where one cannot be opened, the others are closed again. */
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

/** How to open the store the configuration names, or the worker's embedded one where it names none (C2). */
export function attachPersistency(
  configuration: StoreConfiguration | undefined,
  makers: PersistencyMakers,
  embedded: { readonly type: string; readonly configurations: object },
  place: StoreContext,
): Read<() => Persistency | Promise<Persistency>> {
  const { configurations } = configuration ?? embedded
  const type = configuration === undefined ? embedded.type : storeTypeOf(configuration)
  const make = makers[type] as ((s: unknown, p: StoreContext) => Persistency | Promise<Persistency>) | undefined
  if (make === undefined) return { ok: false, problems: [notCarried('persistencyManagement.type', type, makers)] }
  const problems = beyond(httpHosts({ channels: [], persistency: configuration }), place.runtime)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: () => make(configurations, place), warnings: [] }
}

/** What this host's network cannot do for a host that it would send to. */
function beyond(hosts: readonly HttpHost[], { name, blocksPorts, trusting }: Runtime): readonly Problem[] {
  return hosts.flatMap(({ path, port, portKey = 'port', ssl }) => {
    const problems: Problem[] = []
    if (blocksPorts && port !== undefined && BLOCKED_PORTS.has(port)) {
      const expected = `a port that ${name} can send to: it blocks those that browsers block`
      problems.push({ path: `${path}.${portKey}`, found: String(port), expected })
    }
    if (trusting === undefined && ssl !== undefined) {
      const expected = `no "ssl": ${name} trusts its own authorities only`
      problems.push({ path: `${path}.ssl`, found: 'authorities', expected })
    }
    return problems
  })
}

function notCarried(path: string, type: string, makers: object): Problem {
  const carried = Object.keys(makers).map((name) => `"${name}"`)
  return { path, found: `"${type}"`, expected: `what this worker carries: ${carried.join(', ') || 'none'}` }
}
