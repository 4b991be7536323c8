import kafkajs from 'kafkajs'
import type {
  ICustomPartitioner,
  ISocketFactory,
  Kafka,
  KafkaConfig,
  logCreator,
  PartitionAssigner,
  SASLOptions,
} from 'kafkajs'
import Broker from 'kafkajs/src/broker/index.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import type { Log } from '../../../src/ports/runtime.ts'
import { hideAborted } from './aborted.ts'
import type { Fetched } from './aborted.ts'
import { assign } from './assigner.ts'
import { codecs } from './codecs.ts'
import type { Connection, Sasl, Tls } from './settings.ts'
import { seedOf, Sockets } from './sockets.ts'

// The one file that imports the Kafka library; the others see what is exported here.
export type { EachBatchPayload, Kafka } from 'kafkajs'
/** Chooses the partition of a message. */
export type Partitioner = ReturnType<ICustomPartitioner>

/** Until a connection stands, TLS and all. */
const CONNECT = 5_000
/** Until a broker must have answered; what waits at the broker, such as a join, has that added. */
export const REQUEST = 5_000
/** How long metadata are trusted: a partition without a leader is left out until they are asked for again. */
export const METADATA = 30_000

const { CompressionTypes, CompressionCodecs } = kafkajs
CompressionCodecs[CompressionTypes.GZIP] = () => codecs.gzip
CompressionCodecs[CompressionTypes.Snappy] = () => codecs.snappy
CompressionCodecs[CompressionTypes.LZ4] = () => codecs.lz4
CompressionCodecs[CompressionTypes.ZSTD] = () => codecs.zstd

/** kafkajs itself and its sockets. Made anew for each connection: what has failed once is not repaired but thrown away. */
export interface Client {
  readonly kafka: Kafka
  readonly sockets: Sockets
}

// With nothing pending there is nothing to look at again: kafkajs sets a timer of 1 ms all the same, on every connection, which
// costs an idle service some percent of a core, and a warning of Node's.
const queue = RequestQueue.prototype as { scheduleCheckPendingRequests: (this: RequestQueue) => void }
const schedule = queue.scheduleCheckPendingRequests
queue.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this)
}

const brokers = Broker.prototype as { fetch: (this: Broker, request: unknown) => Promise<Fetched> }
const fetch = brokers.fetch
brokers.fetch = async function (request) {
  const fetched = await fetch.call(this, request)
  hideAborted(fetched)
  return fetched
}

/** Makes clients for these brokers. Nothing is connected yet. */
export function clientsOf(connection: Connection, clientId: string, log: Log): () => Client {
  const configuration = configurationOf(connection, clientId, log)
  return () => {
    const sockets = new Sockets()
    return { kafka: new kafkajs.Kafka({ ...configuration, socketFactory: sockets.make as ISocketFactory }), sockets }
  }
}

/** Every field is given: in tests kafkajs would take others for those that are not. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 2 }

function configurationOf(connection: Connection, clientId: string, log: Log): KafkaConfig {
  const { ssl, sasl } = connection.authenticationProperties
  return {
    clientId,
    brokers: connection.brokers.map((broker) => seedOf(broker.reveal())),
    ...(ssl === undefined ? {} : { ssl: typeof ssl === 'boolean' ? ssl : tlsOf(ssl) }),
    ...(sasl && { sasl: saslOf(sasl) }),
    connectionTimeout: CONNECT,
    authenticationTimeout: CONNECT,
    requestTimeout: REQUEST,
    enforceRequestTimeout: true,
    retry: RETRY,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: logTo(log),
  }
}

function tlsOf({ ca, key, cert, passphrase }: Tls): Exclude<KafkaConfig['ssl'], boolean | undefined> {
  return {
    ...(ca && { ca: ca.map((one) => one.reveal()) }),
    ...(key && { key: key.reveal() }),
    ...(cert && { cert: cert.reveal() }),
    ...(passphrase && { passphrase: passphrase.reveal() }),
  }
}

function saslOf({ mechanism, username, password }: Sasl): SASLOptions {
  return { mechanism, username: username.reveal(), password: password.reveal() } as SASLOptions
}

/** kafkajs calls ordinary rebalances errors: what matters is told by us, the rest is for whoever looks closely. */
function logTo(log: Log): logCreator {
  return () => (entry) => log.debug(`kafkajs: ${entry.log.message}`, { error: entry.log['error'] as unknown })
}

/** As Kafka's own clients spread keys: murmur2. */
export const partitioner: () => Partitioner = kafkajs.Partitioners.DefaultPartitioner

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol

/** `assign` in kafkajs's clothes. */
export const roundRobin: PartitionAssigner = ({ cluster }) => ({
  name: 'RoundRobinAssigner',
  version: 0,
  protocol: ({ topics }) => ({
    name: 'RoundRobinAssigner',
    metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
  async assign({ members }) {
    const subscribers = members.map(({ memberId, memberMetadata }) => ({
      id: memberId,
      topics: MemberMetadata.decode(memberMetadata)?.topics ?? [],
    }))
    const topics = [...new Set(subscribers.flatMap((one) => one.topics))]
    await know(cluster, topics)
    const partitions = (topic: string) =>
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)
    return [...assign(subscribers, partitions)].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({
        version: 0,
        assignment: Object.fromEntries([...assignment].map(([topic, list]) => [topic, [...list]])),
        userData: Buffer.alloc(0),
      }),
    }))
  },
})

/** Asks about topics that other members have subscribed to. One that does not exist has no partitions; it must not end us. */
async function know(cluster: unknown, topics: readonly string[]): Promise<void> {
  const asking = cluster as { addMultipleTargetTopics(topics: readonly string[]): Promise<void> }
  for (const topic of topics) await asking.addMultipleTargetTopics([topic]).catch(() => undefined)
}
