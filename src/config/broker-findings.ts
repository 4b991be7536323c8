import { split } from './broker-list.ts'
import type { ChannelConfiguration } from './channel-schema.ts'
import { isHostAndPort } from './endpoint.ts'
import { found } from './describe-value.ts'
import { describeFinding, type Finding } from './problem.ts'
import { Secret } from './secret.ts'
import { formatPath, get, objectsIn, type JsonObject, type Path } from './json-tree.ts'

const CHANNELS = 'communicationProtocols'

/**
 * Brokers that can never be reached (C2.2): findings, since published files hold placeholders and URLs. `tree` is the file with
 * its secrets resolved; a reference that leads nowhere is told elsewhere.
 */
export function hopelessBrokers(tree: JsonObject): readonly Finding[] {
  return objectsIn(tree[CHANNELS]).flatMap(([index, { type, configurations }]) =>
    type === 'kafka' ? hopelessIn(get(configurations, 'brokers'), [CHANNELS, index, 'configurations', 'brokers']) : [],
  )
}

/** Channels without those brokers, of which each is told why. Where no other is left, nothing can be reached. */
export function withoutHopeless(
  channels: readonly ChannelConfiguration[],
  findings: readonly Finding[],
): readonly ChannelConfiguration[] {
  if (findings.length === 0) return channels
  return channels.map((channel, index) => {
    const own = findings.filter(({ path }) => path.startsWith(`${formatPath([CHANNELS, index])}.`))
    if (channel.type !== 'kafka' || own.length === 0) return channel
    const brokers = channel.configurations.brokers.filter((broker) => isHostAndPort(broker.reveal()))
    return { ...channel, configurations: { ...channel.configurations, brokers }, hopeless: own.map(describeFinding) }
  })
}

/** One finding for each entry of a list, however many brokers stand in it. */
function hopelessIn(brokers: unknown, path: Path): readonly Finding[] {
  if (Array.isArray(brokers)) return brokers.flatMap((broker: unknown, index) => hopelessIn(broker, [...path, index]))
  const text = brokers instanceof Secret ? brokers.reveal() : brokers
  if (typeof text !== 'string') return []
  const wrong = split(text).filter((broker) => !isHostAndPort(broker))
  if (wrong.length === 0) return []
  const what = brokers instanceof Secret ? 'a secret' : wrong.map((broker) => found(broker, path)).join(', ')
  return [{ path: formatPath(path), reason: `${what} is no host and port such as "kafka:9092", so no broker is there` }]
}
