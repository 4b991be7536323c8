import type { ChannelConfiguration } from '../config/channel-schema.ts'
import type { PersistencyConfiguration } from '../config/persistency-schema.ts'
import type { Problem, Read } from '../config/problem.ts'
import type { Channel } from '../ports/channel.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'

/** What a worker carries, by the `type` that a saga.json names it with. */
export type ChannelMakers = {
  readonly [T in ChannelConfiguration['type']]?: (
    configuration: Extract<ChannelConfiguration, { type: T }>,
    runtime: Runtime,
  ) => Channel
}

export type PersistencyMakers = {
  readonly [T in PersistencyConfiguration['type']]?: (
    settings: Extract<PersistencyConfiguration, { type: T }>['configurations'],
    place: Place,
  ) => Persistency | Promise<Persistency>
}

export interface Place {
  readonly runtime: Runtime
  /** Folder of the embedded store (C1.3 `DATA_PATH`). */
  readonly dataPath: string
}

/** Channels by id, or a problem for each that this worker does not carry. */
export function attachChannels(
  configurations: readonly ChannelConfiguration[],
  makers: ChannelMakers,
  runtime: Runtime,
): Read<ReadonlyMap<string, Channel>> {
  const problems: Problem[] = []
  const channels = new Map<string, Channel>()
  for (const [index, configuration] of configurations.entries()) {
    // Index and value have the same `type`, which the compiler cannot follow through a mapped type.
    const make = makers[configuration.type] as ((c: ChannelConfiguration, r: Runtime) => Channel) | undefined
    if (make === undefined) {
      problems.push(notCarried(`communicationProtocols[${index}].type`, configuration.type, makers))
    } else channels.set(configuration.id, make(configuration, runtime))
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: channels, warnings: [] }
}

/** How to open the store the configuration names, or the worker's embedded one where it names none (C2). */
export function attachPersistency(
  configuration: PersistencyConfiguration | undefined,
  makers: PersistencyMakers,
  embedded: PersistencyConfiguration,
  place: Place,
): Read<() => Persistency | Promise<Persistency>> {
  const { type, configurations } = configuration ?? embedded
  const make = makers[type] as ((s: unknown, p: Place) => Persistency | Promise<Persistency>) | undefined
  if (make === undefined) return { ok: false, problems: [notCarried('persistencyManagement.type', type, makers)] }
  return { ok: true, value: () => make(configurations, place), warnings: [] }
}

function notCarried(path: string, type: string, makers: object): Problem {
  const carried = Object.keys(makers).map((name) => `"${name}"`)
  return { path, found: `"${type}"`, expected: `what this worker carries: ${carried.join(', ') || 'none'}` }
}
