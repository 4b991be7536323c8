import { splitBrokers } from './broker-list.ts'
import type { ChannelConfiguration } from './channel-schema.ts'
import { describeValue } from './describe-value.ts'
import { isHostAndPort } from './endpoint.ts'
import { finding, type Finding } from './finding.ts'
import { formatPath, get, objectsIn, type JsonObject, type Path } from './json-tree.ts'
import { describeProblem } from './problem.ts'
import { Secret } from './secret.ts'

const CHANNELS = 'communicationProtocols'

/**
 * Brokers that are no host and port (C2.2). Findings, not problems: published files hold placeholders and URLs. `file` has its
 * secrets resolved; an unresolved reference is reported by `resolveSecrets`.
 */
export function brokerFindings(file: JsonObject): readonly Finding[] {
  return objectsIn(file[CHANNELS]).flatMap(([index, { type, configurations }]) => {
    if (type !== 'kafka') return []
    return malformedBrokers(get(configurations, 'brokers'), [CHANNELS, index, 'configurations', 'brokers'])
  })
}

/** Channels without the brokers of these findings. A channel keeps the findings' texts, in case no broker is left. */
export function withUsableBrokers(
  channels: readonly ChannelConfiguration[],
  findings: readonly Finding[],
): readonly ChannelConfiguration[] {
  if (findings.length === 0) return channels
  return channels.map((channel, index) => {
    const own = findings.filter(({ path }) => path.startsWith(`${formatPath([CHANNELS, index])}.`))
    if (channel.type !== 'kafka' || own.length === 0) return channel
    const brokers = channel.configurations.brokers.filter((broker) => isHostAndPort(broker.reveal()))
    return {
      ...channel,
      configurations: { ...channel.configurations, brokers },
      unusableBrokers: own.map(describeProblem),
    }
  })
}

/** One finding for each entry of a list, with all malformed brokers of that entry. */
function malformedBrokers(brokers: unknown, path: Path): readonly Finding[] {
  if (Array.isArray(brokers)) {
    return brokers.flatMap((broker: unknown, index) => malformedBrokers(broker, [...path, index]))
  }
  const text = brokers instanceof Secret ? brokers.reveal() : brokers
  if (typeof text !== 'string') return []
  const malformed = splitBrokers(text).filter((broker) => !isHostAndPort(broker))
  if (malformed.length === 0) return []
  const found =
    brokers instanceof Secret ? 'a secret' : malformed.map((broker) => describeValue(broker, path)).join(', ')
  const expected = 'host and port, such as "kafka:9092"; a broker without them is left out'
  return [finding('broker.malformed', { path: formatPath(path), found, expected })]
}
