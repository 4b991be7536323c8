import kafkajs from 'kafkajs'
import type { ISocketFactory, KafkaConfig, logCreator, SASLOptions } from 'kafkajs'
import type { Log } from '../../../../src/ports/runtime.ts'
import { codecs } from '../compression/codecs.ts'
import type { KafkaDriver } from '../driver.ts'
import type { BrokerConnection, BrokerSasl, BrokerTls } from '../settings.ts'
import { openAdmin } from './admin.ts'
import { ConsumerMember } from './member.ts'
import { removeStaleMembersFor } from './patches.ts'
import { openProducer } from './producer.ts'
import type { PartitionCounts } from './producer.ts'
import { seedOf, Sockets } from './sockets.ts'
import { StaleMembers } from './stale-members.ts'
import { CONNECT_TIMEOUT, MEMBER_RETRIES, REQUEST_TIMEOUT, RETRIES } from './tuning.ts'
import type { KafkajsClient, RetrySettings } from './tuning.ts'

const { CompressionTypes, CompressionCodecs } = kafkajs
CompressionCodecs[CompressionTypes.GZIP] = () => codecs.gzip
CompressionCodecs[CompressionTypes.Snappy] = () => codecs.snappy
CompressionCodecs[CompressionTypes.LZ4] = () => codecs.lz4
CompressionCodecs[CompressionTypes.ZSTD] = () => codecs.zstd

/** The driver for these brokers, made of kafkajs. Connects to nothing yet. */
export function kafkajsDriver(connection: BrokerConnection, clientId: string, log: Log): KafkaDriver {
  const client = clientsOf(connection, clientId, log)
  const counts: PartitionCounts = new Map()
  return {
    admin: () => openAdmin(client()),
    producer: () => openProducer(client(), counts),
    member: (options) => new ConsumerMember(client(MEMBER_RETRIES), options),
  }
}

/** A function that makes clients for these brokers. Connects to nothing yet. */
export function clientsOf(
  connection: BrokerConnection,
  clientId: string,
  log: Log,
): (retry?: RetrySettings) => KafkajsClient {
  const configuration = configurationOf(connection, clientId, log)
  const brokers = connection.brokers.map((broker) => seedOf(broker.reveal()))
  const staleMembers = new StaleMembers()
  let made = 0
  return (retry = RETRIES) => {
    const sockets = new Sockets()
    removeStaleMembersFor(sockets.make, staleMembers)
    const socketFactory = sockets.make as ISocketFactory
    return {
      kafka: new kafkajs.Kafka({ ...configuration, retry, brokers: rotated(brokers, made++), socketFactory }),
      sockets,
      staleMembers,
    }
  }
}

/** kafkajs always asks the first broker first: without the rotation a lost one would delay every client by a connect time-out. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

function configurationOf(connection: BrokerConnection, clientId: string, log: Log): Omit<KafkaConfig, 'brokers'> {
  const { ssl, sasl } = connection.authenticationProperties
  return {
    clientId,
    ...(ssl === undefined ? {} : { ssl: typeof ssl === 'boolean' ? ssl : tlsOf(ssl) }),
    ...(sasl && { sasl: saslOf(sasl) }),
    connectionTimeout: CONNECT_TIMEOUT,
    authenticationTimeout: CONNECT_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    enforceRequestTimeout: true,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: logTo(log),
  }
}

function tlsOf({ ca, key, cert, passphrase }: BrokerTls): Exclude<KafkaConfig['ssl'], boolean | undefined> {
  return {
    ...(ca && { ca: ca.map((one) => one.reveal()) }),
    ...(key && { key: key.reveal() }),
    ...(cert && { cert: cert.reveal() }),
    ...(passphrase && { passphrase: passphrase.reveal() }),
  }
}

function saslOf(sasl: BrokerSasl): SASLOptions {
  if (sasl.mechanism === 'aws') {
    return {
      mechanism: 'aws',
      authorizationIdentity: sasl.authorizationIdentity.reveal(),
      accessKeyId: sasl.accessKeyId.reveal(),
      secretAccessKey: sasl.secretAccessKey.reveal(),
      ...(sasl.sessionToken && { sessionToken: sasl.sessionToken.reveal() }),
    }
  }
  const { mechanism, username, password } = sasl
  return { mechanism, username: username.reveal(), password: password.reveal() } as SASLOptions
}

/** All at level debug: kafkajs logs ordinary rebalances as errors, and Batuta logs every real trouble itself. */
function logTo(log: Log): logCreator {
  return () => (entry) => log.write('kafka.library', { said: entry.log.message, error: entry.log['error'] as unknown })
}
