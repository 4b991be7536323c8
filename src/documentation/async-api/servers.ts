import type { ChannelConfiguration } from '../../config/channel-schema.ts'

type Kafka = Extract<ChannelConfiguration, { type: 'kafka' }>
type Rest = Extract<ChannelConfiguration, { type: 'rest' }>

/** Servers of one channel by their key, and the security schemes to which they refer. */
export interface ChannelServers {
  readonly servers: readonly (readonly [string, object])[]
  readonly schemes: readonly (readonly [string, object])[]
}

const REDACTED = '[redacted]'

/** One server for each broker. `shown`: the channel as `GET /configuration` shows it, so that no broker of a reference is seen (C2.6). */
export function kafkaServers(key: string, { configurations }: Kafka, shown: unknown): ChannelServers {
  const { ssl, sasl } = configurations.authenticationProperties
  const schemes = [...saslSchemes(sasl), ...certificateSchemes(ssl)]
  const usable = new Set(configurations.brokers.map((broker) => broker.reveal()))
  const hosts = brokersOf(shown, usable)
  const server = (host: string) => ({
    host,
    protocol: ssl === undefined || ssl === false ? 'kafka' : 'kafka-secure',
    ...(schemes.length > 0 && {
      security: schemes.map(([name]) => ({ $ref: `#/components/securitySchemes/${name}` })),
    }),
  })
  const named = hosts.map((host, at) => [hosts.length === 1 ? key : `${key}-${at + 1}`, server(host)] as const)
  return { servers: named, schemes }
}

/** The server of a participant; its path is the address of the channel. */
export function restServer(key: string, { configurations }: Rest): ChannelServers {
  const { protocol, endpoint, port } = configurations
  return { servers: [[key, { host: port === undefined ? endpoint : `${endpoint}:${port}`, protocol }]], schemes: [] }
}

/** The usable brokers that `GET /configuration` shows: texts, or one entry for all of them. */
function brokersOf(shown: unknown, usable: ReadonlySet<string>): readonly string[] {
  const brokers = propertyOf(propertyOf(shown, 'configurations'), 'brokers')
  const texts = typeof brokers === 'string' ? brokers.split(',') : Array.isArray(brokers) ? brokers : []
  const hosts = texts.filter((one): one is string => typeof one === 'string').map((one) => one.trim())
  const used = hosts.filter((host) => usable.has(host))
  return used.length > 0 ? used : [REDACTED]
}

const SASL: Readonly<Record<string, object>> = {
  plain: { type: 'plain' },
  'scram-sha-256': { type: 'scramSha256' },
  'scram-sha-512': { type: 'scramSha512' },
}

function saslSchemes(sasl: Kafka['configurations']['authenticationProperties']['sasl']): ChannelServers['schemes'] {
  if (sasl === undefined) return []
  const { mechanism } = sasl
  return [
    [`sasl-${mechanism}`, SASL[mechanism] ?? { type: 'userPassword', description: `SASL mechanism "${mechanism}"` }],
  ]
}

function certificateSchemes(
  ssl: Kafka['configurations']['authenticationProperties']['ssl'],
): ChannelServers['schemes'] {
  return typeof ssl === 'object' && ssl.cert !== undefined ? [['client-certificate', { type: 'X509' }]] : []
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}
