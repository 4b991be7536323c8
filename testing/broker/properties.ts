import { join } from 'node:path'
import { CA, SERVER } from './certificates.ts'

/** The listeners for clients. */
export const LISTENERS = ['plaintext', 'sasl', 'ssl', 'saslSsl', 'mtls'] as const
/** A listener of the broker. */
export type ListenerName = (typeof LISTENERS)[number]
/** The number of ports of a broker: one for each listener, and the controller's. */
export const PORTS: number = LISTENERS.length + 1
/** A port for each listener. */
export type Ports = Readonly<Record<ListenerName | 'controller', number>>

/** host:port that clients are given instead of a listener's own. */
export type Advertised = Readonly<Partial<Record<ListenerName, string>>>

/** One number for each listener, and the last one for the controller. */
export function portsOf(numbers: readonly number[]): Ports {
  return Object.fromEntries([...LISTENERS, 'controller'].map((name, index) => [name, numbers[index]])) as Ports
}

/** A user for PLAIN and both SCRAMs. */
export const USER = { username: 'batuta', password: 'batuta-secret' } as const

/** The SCRAM mechanisms of the broker. */
export const SCRAMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

/** Values of a `server.properties`. */
export interface BrokerProperties {
  /** The folder of the certificates. */
  readonly folder: string
  readonly data: string
  readonly ports: Ports
  readonly advertised?: Advertised
}

/** The text of server.properties for one node that is its own controller. */
export function properties({ folder, data, ports, advertised = {} }: BrokerProperties): string {
  const url = (listener: ListenerName | 'controller', address = `127.0.0.1:${ports[listener]}`) =>
    `${listener.toUpperCase()}://${address}`
  const clients = LISTENERS.map((listener) => url(listener)).join(',')
  return [
    `log.dirs=${data}`,
    `listeners=${clients},${url('controller')}`,
    `advertised.listeners=${LISTENERS.map((listener) => url(listener, advertised[listener])).join(',')}`,
    `controller.quorum.voters=1@127.0.0.1:${ports.controller}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,SSL:SSL,SASLSSL:SASL_SSL,MTLS:SSL,CONTROLLER:PLAINTEXT',
    ...['sasl', 'saslssl'].flatMap(sasl),
    ...['ssl', 'saslssl', 'mtls'].flatMap((listener) => tls(listener, folder)),
    'listener.name.mtls.ssl.client.auth=required',
    FIXED,
  ].join('\n')
}

const FIXED = `
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT

# Groups form at once, and dead members are noticed soon.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# A killed broker may register again when its session has ended.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
log.retention.ms=-1

# One node, few threads.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.cleaner.dedupe.buffer.size=4194304
num.network.threads=2
num.io.threads=4
`

function sasl(listener: string): string[] {
  const prefix = `listener.name.${listener}`
  const login = 'org.apache.kafka.common.security'
  return [
    `${prefix}.sasl.enabled.mechanisms=PLAIN,${SCRAMS.join(',')}`,
    `${prefix}.plain.sasl.jaas.config=${login}.plain.PlainLoginModule required user_${USER.username}="${USER.password}";`,
    ...SCRAMS.map(
      (scram) => `${prefix}.${scram.toLowerCase()}.sasl.jaas.config=${login}.scram.ScramLoginModule required;`,
    ),
  ]
}

function tls(listener: string, folder: string): string[] {
  const prefix = `listener.name.${listener}.ssl`
  return [
    `${prefix}.keystore.type=PEM`,
    `${prefix}.keystore.location=${join(folder, SERVER)}`,
    `${prefix}.truststore.type=PEM`,
    `${prefix}.truststore.location=${join(folder, CA)}`,
  ]
}
